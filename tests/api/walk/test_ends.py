"""At an end of the tree nothing can be answered: ``viewerCanAnswer`` says so, and going back opens the way again."""

from __future__ import annotations

import pytest

from tests.support.api import Team
from tests.support.trees import escalate, instruction, printer, question, resolved, tree
from tests.support.walks import answering, at, begin, begin_printer, seen, walk

END = "SELECT terminal_node_id FROM l1_walk_sessions WHERE account_id = :account AND id = :id"


@pytest.mark.parametrize(("answers", "end"), [(("yes", "done", "yes"), "solved"), (("yes", "done", "no"), "engineer")])
async def test_neither_end_takes_an_answer(team: Team, answers: tuple[str, ...], end: str) -> None:
    caller = team.as_("l1")
    session = await begin_printer(team)
    for answer in answers:
        assert (await seen(caller, session))["viewerCanAnswer"] is True
        session = await walk(caller, session, answer)
    now = await seen(caller, session)
    assert (at(now), now["viewerCanAnswer"], now["viewerCanResolve"], now["viewerCanEscalate"]) == (
        end, False, True, True)
    assert await caller.refused("Answer", **answering(now, "done")) == "INVALID_ANSWER"
    back = (await caller.do("Back", sessionId=session["id"], toStep=3, expectedStep=3))["session"]
    assert (at(back), (await seen(caller, session))["viewerCanAnswer"]) == ("printed", True)
    assert await team.value(END, id=session["id"]) is None


async def test_a_walk_that_begins_at_its_end(team: Team) -> None:
    session = await begin(team.as_("l1"), await team.publish(tree(escalate("only"))))
    assert (at(session), (await seen(team.as_("l1"), session))["viewerCanAnswer"]) == ("only", False)


async def test_a_hole_in_a_tree_is_an_end(team: Team) -> None:
    stub = {**instruction("stub", "To be written", "solved"), "needsReview": True}
    flow = await team.publish(tree(question("q", "Is it on?", yes="stub", no="solved"), stub, resolved()))
    session = await walk(team.as_("l1"), await begin(team.as_("l1"), flow), "yes")
    assert session["currentNode"]["__typename"] == "EscalateNode"
    assert (await seen(team.as_("l1"), session))["viewerCanAnswer"] is False


async def test_an_end_of_a_sub_flow_is_one_only_where_nothing_follows(team: Team) -> None:
    sub = await team.publish(tree(question("in", "Is it inside?", yes="solved", no="engineer"), resolved(), escalate()))
    call = {"nodeId": "call", "kind": "sub_flow", "text": "Look inside.", "subFlowId": sub, "nextNodeId": "after"}
    flow = await team.publish(tree(question("q", "Is it on?", yes="call", no="call"), call,
                                   instruction("after", "Close it.", "solved"), resolved()))
    caller = team.as_("l1")
    returned = await walk(caller, await begin(caller, flow), "yes", "yes")
    assert (at(returned), (await seen(caller, returned))["viewerCanAnswer"]) == ("after", True)
    ended = await walk(caller, await begin(caller, flow), "yes", "no")
    assert (at(ended), (await seen(caller, ended))["viewerCanAnswer"]) == ("engineer", False)


async def test_a_page_says_it_of_each(team: Team) -> None:
    flow, caller = await team.publish(printer()), team.as_("l1")
    open_, ended = await begin(caller, flow), await walk(caller, await begin(caller, flow), "yes", "done", "yes")
    found = await caller.run("{ walkSessions(first: 5) { nodes { id viewerCanAnswer } } }")
    assert {one["id"]: one["viewerCanAnswer"] for one in found["walkSessions"]["nodes"]} == {
        open_["id"]: True, ended["id"]: False}


async def test_what_the_release_before_left_behind_takes_nothing_away(team: Team) -> None:
    """It moves walks without knowing the column: an end that was left says nothing of where the walk is now."""
    session = await walk(team.as_("l1"), await begin_printer(team), "yes")
    await team.rows("UPDATE l1_walk_sessions SET terminal_node_id = 'solved' WHERE id = :id", id=session["id"])
    assert (await seen(team.as_("l1"), session))["viewerCanAnswer"] is True
