"""Answering and going back: the server decides, an answer is recorded once, nothing recorded is erased."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.support.api import Team
from tests.support.trees import colour, instruction, printer, question, resolved, tree
from tests.support.walks import answering, at, begin, begin_printer, path, seen, walk

EVERY_ROLE = ("owner", "admin", "engineer", "cover", "l1", "viewer")


async def test_a_walk_from_its_first_node_to_its_end(team: Team) -> None:
    """Regression 1: walks never left question 1."""
    l1 = team.as_("l1")
    session = await begin_printer(team)
    assert session["currentNode"] == {
        "__typename": "QuestionNode", "nodeId": "on", "text": "Is the printer switched on?", "detail": None,
        "needsReview": False, "options": [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]}
    session = await walk(l1, session, "yes")
    assert (at(session), session["step"], session["currentNode"]["acknowledgeLabel"]) == ("reprint", 1, "Sent")
    session = await walk(l1, session, "done", "yes")
    assert session["currentNode"] == {
        "__typename": "ResolvedNode", "nodeId": "solved", "text": "It works again.", "detail": None,
        "needsReview": False, "suggestedResolution": "Printed after a second try."}
    assert path(session) == [(1, "on", "yes"), (2, "reprint", "done"), (3, "printed", "yes")]
    assert await seen(l1, session) | {"lastStepAt": 0} == {
        **session, "lastStepAt": 0, "viewerCanAnswer": False, "viewerCanResolve": True, "viewerCanEscalate": True}


async def test_each_step_says_what_was_shown_and_who_answered(team: Team) -> None:
    session = await walk(team.as_("l1"), await begin_printer(team), "yes", note="  Checked twice ")
    [step] = session["walkedPath"]
    moment = datetime.fromisoformat(step.pop("answeredAt"))
    assert moment == datetime.fromisoformat(session["lastStepAt"]) and moment.utcoffset() is not None
    assert step == {
        "step": 1, "nodeId": "on", "question": "Is the printer switched on?", "answer": "yes", "answerLabel": "Yes",
        "note": "Checked twice", "actingAs": None, "isSuperseded": False,
        "answeredBy": {"__typename": "User", "id": team.as_("l1").id, "name": session["assignedTo"]["name"]}}


async def test_the_path_holds_answered_nodes_and_nothing_else(team: Team) -> None:
    """Regression 4: a hidden entry in the walked path."""
    session = await begin_printer(team)
    assert await team.value("SELECT walked_path FROM l1_walk_sessions WHERE account_id = :account") == []
    await walk(team.as_("l1"), session, "yes", "done")
    rows = await team.value("SELECT walked_path FROM l1_walk_sessions WHERE account_id = :account")
    assert [(row["step"], row["nodeId"], row["answer"]) for row in rows] == [(1, "on", "yes"), (2, "reprint", "done")]


async def test_labels_are_the_nodes_own_and_the_chosen_one_is_recorded(team: Team) -> None:
    """Regression 8: a question between two alternatives was shown with Yes and No buttons."""
    l1 = team.as_("l1")
    session = await begin(l1, await team.publish(colour()))
    assert [one["label"] for one in session["currentNode"]["options"]] == ["The colour printer", "The black-and-white printer"]
    session = await walk(l1, session, "b")
    assert session["walkedPath"][0]["answerLabel"] == "The black-and-white printer"


@pytest.mark.parametrize(("wrong", "code", "field"), [
    ({"answer": "maybe"}, "INVALID_ANSWER", None),
    ({"answer": "Yes"}, "INVALID_ANSWER", None),
    ({"answer": ""}, "INVALID_ANSWER", None),
    ({"answer": "done"}, "INVALID_ANSWER", None),
    ({"nodeId": "printed"}, "STALE_NODE", ["nodeId"]),
    ({"nodeId": "no-such-node"}, "STALE_NODE", ["nodeId"]),
    ({"nodeId": ""}, "STALE_NODE", ["nodeId"]),
    ({"expectedStep": 1}, "STALE_STEP", ["expectedStep"]),
    ({"expectedStep": -1}, "STALE_STEP", ["expectedStep"]),
    ({"expectedStep": 2147483647}, "STALE_STEP", ["expectedStep"]),
    ({"note": "n" * 20_001}, "TOO_LARGE", ["note"]),
])
async def test_what_is_not_current_is_refused_with_the_current_state(
    team: Team, wrong: dict[str, object], code: str, field: list[str] | None
) -> None:
    """Regression 17: a stale node, an answer that is not an option."""
    l1 = team.as_("l1")
    session = await begin_printer(team)
    payload = await l1.send("Answer", **{**answering(session, "yes"), **wrong})
    [error] = payload["errors"]
    assert (payload["session"], error["code"]) == (None, code)
    if field is not None:
        assert error["field"] == field
    assert error["session"] == session
    assert {name: value for name, value in (await seen(l1, session)).items() if not name.startswith("viewer")} == session


async def test_an_instruction_is_acknowledged_with_done_only(team: Team) -> None:
    l1 = team.as_("l1")
    session = await walk(l1, await begin_printer(team), "yes")
    assert await l1.send("Answer", **answering(session, "yes")) | {"errors": 0} == {"session": None, "errors": 0}
    assert path(await walk(l1, session, "done"))[1:] == [(2, "reprint", "done")]


@pytest.mark.parametrize("answers", [("yes", "done", "yes"), ("yes", "done", "no")])
async def test_a_terminal_node_takes_no_answer(team: Team, answers: tuple[str, ...]) -> None:
    """Regression 17: answering a terminal node."""
    l1 = team.as_("l1")
    session = await walk(l1, await begin_printer(team), *answers)
    for answer in ("done", "yes", "solved"):
        payload = await l1.send("Answer", **answering(session, answer))
        assert [error["code"] for error in payload["errors"]] == ["INVALID_ANSWER"]
    assert (await seen(l1, session))["step"] == 3


async def test_an_ad_hoc_walk_has_nothing_to_answer(team: Team) -> None:
    l1 = team.as_("l1")
    session = await begin(l1, adhoc=True)
    payload = await l1.send("Answer", sessionId=session["id"], nodeId="on", answer="yes", expectedStep=0)
    assert [error["code"] for error in payload["errors"]] == ["STALE_NODE"]
    assert (await seen(l1, session))["walkedPath"] == []


async def test_nothing_changes_after_the_end(team: Team) -> None:
    l1 = team.as_("l1")
    session = await walk(l1, await begin_printer(team), "yes")
    given = answering(session, "done")
    await l1.do("Resolve", sessionId=session["id"], resolutionNotes="Works", helpful=False)
    before = await team.rows("SELECT * FROM l1_walk_sessions WHERE account_id = :account")
    for operation, more in (
        ("Answer", given), ("Back", {"toStep": 1, "expectedStep": 1}), ("Next", {}), ("Pause", {}), ("TakeOver", {}),
        ("Transfer", {"assigneeId": team.as_("cover").id}), ("Abandon", {"reason": "CUSTOMER_GONE"}),
        ("Resolve", {"resolutionNotes": "Again", "helpful": True}), ("Escalate", {"reasonCategory": "FLOW_GAP"}),
    ):
        payload = await team.as_("admin").send(operation, **{"sessionId": session["id"], **more})
        assert [error["code"] for error in payload["errors"]] == ["NOT_ACTIVE"], operation
        if "session" in payload["errors"][0]:
            assert payload["errors"][0]["session"]["status"] == "RESOLVED", operation
    assert await team.rows("SELECT * FROM l1_walk_sessions WHERE account_id = :account") == before
    assert await team.counts("escalations", "notifications") == (0, 0)


@pytest.mark.parametrize("person", EVERY_ROLE)
async def test_who_may_answer(team: Team, person: str) -> None:
    session = await begin_printer(team)
    caller = team.as_(person)
    allowed = person not in {"engineer", "viewer"}
    assert (await seen(caller, session))["viewerCanAnswer"] is allowed
    if allowed:
        stepped = await walk(caller, session, "yes")
        coverage = None if person == "l1" else "l1_coverage"
        assert (stepped["walkedPath"][0]["actingAs"], stepped["walkedPath"][0]["answeredBy"]["id"]) == (coverage, caller.id)
        assert stepped["assignedTo"]["id"] == team.as_("l1").id  # answering takes nobody's walk over
    else:
        assert await caller.refused("Answer", **answering(session, "yes")) == "FORBIDDEN"
        assert (await seen(caller, session))["step"] == 0


async def test_another_accounts_walk_does_not_exist(team: Team) -> None:
    session = await begin_printer(team)
    stranger = team.api.as_("owner", account="globex")
    assert await seen(stranger, session) is None
    for operation, more in (
        ("Answer", {"nodeId": "on", "answer": "yes", "expectedStep": 0}), ("Back", {"toStep": 1, "expectedStep": 0}),
        ("Next", {}), ("Notes", {"notes": [], "expectedNotesVersion": 0}), ("TakeOver", {}), ("Pause", {}),
        ("Transfer", {"assigneeId": stranger.id}), ("Abandon", {"reason": "DUPLICATE"}), ("Continue", {}),
        ("LinkTicket", {"ticket": {"externalId": "T"}}), ("Escalate", {"reasonCategory": "FLOW_GAP"}),
        ("Resolve", {"resolutionNotes": "x", "helpful": True}),
    ):
        assert await stranger.refused(operation, **{"sessionId": session["id"], **more}) == "NOT_FOUND", operation
    assert (await seen(team.as_("l1"), session))["status"] == "ACTIVE"


async def test_going_back_keeps_the_branch_and_step_numbers_are_never_reused(team: Team) -> None:
    l1 = team.as_("l1")
    session = await walk(l1, await begin_printer(team), "yes", "done", "no")
    session = (await l1.do("Back", sessionId=session["id"], toStep=2, expectedStep=3))["session"]
    assert (at(session), session["step"]) == ("reprint", 3)
    assert [(step["step"], step["isSuperseded"]) for step in session["walkedPath"]] == [(1, False), (2, True), (3, True)]
    session = await walk(l1, session, "done", "yes")
    assert path(session) == [(1, "on", "yes"), (4, "reprint", "done"), (5, "printed", "yes")]
    assert path(session, standing=False) == [
        (1, "on", "yes"), (2, "reprint", "done"), (3, "printed", "no"), (4, "reprint", "done"), (5, "printed", "yes")]


async def test_an_answer_from_before_going_back_is_stale(team: Team) -> None:
    l1 = team.as_("l1")
    old = await walk(l1, await begin_printer(team), "yes")
    session = (await l1.do("Back", sessionId=old["id"], toStep=1, expectedStep=1))["session"]
    payload = await l1.send("Answer", **answering(old, "done"))
    assert [error["code"] for error in payload["errors"]] == ["STALE_NODE"]
    assert payload["errors"][0]["session"] == session


@pytest.mark.parametrize(("to", "expected", "code"), [
    (1, 1, "STALE_STEP"), (3, 2, "INVALID_INPUT"), (0, 2, "INVALID_INPUT"), (-1, 2, "INVALID_INPUT"),
])
async def test_going_back_names_a_step_that_stands(team: Team, to: int, expected: int, code: str) -> None:
    l1 = team.as_("l1")
    session = await walk(l1, await begin_printer(team), "yes", "done")
    payload = await l1.send("Back", sessionId=session["id"], toStep=to, expectedStep=expected)
    assert [error["code"] for error in payload["errors"]] == [code]
    assert path(await seen(l1, session)) == path(session)
    await l1.do("Back", sessionId=session["id"], toStep=2, expectedStep=2)
    again = await l1.send("Back", sessionId=session["id"], toStep=2, expectedStep=2)
    assert [error["code"] for error in again["errors"]] == ["STALE_STEP"]


async def test_flows_that_loop_end_at_the_step_limit(team: Team) -> None:
    """Regression 17: flows that loop."""
    l1 = team.as_("l1")
    loop = tree(question("q", "Again?", yes="i", no="solved"), instruction("i", "Do it again.", "q"), resolved())
    session = await walk(l1, await begin(l1, await team.publish(loop)), "yes", "done")
    await team.rows("UPDATE l1_walk_sessions SET step = 199 WHERE id = :id", id=session["id"])
    session = await walk(l1, await seen(l1, session), "yes")
    assert (session["step"], at(session)) == (200, "i")
    payload = await l1.send("Answer", **answering(session, "done"))
    assert [error["code"] for error in payload["errors"]] == ["STEP_LIMIT"]
    assert (await l1.do("Escalate", sessionId=session["id"], reasonCategory="TIME_LIMIT"))["session"]["status"] == "ESCALATED"


async def test_next_node_shows_the_current_node_and_changes_nothing(team: Team) -> None:
    """Regression 2: a refresh could swap the question in mid-answer."""
    l1 = team.as_("l1")
    session = await walk(l1, await begin_printer(team), "yes")
    before = await team.rows("SELECT * FROM l1_walk_sessions WHERE account_id = :account")
    for _ in range(3):
        assert (await l1.do("Next", sessionId=session["id"]))["session"] == session
    assert await team.rows("SELECT * FROM l1_walk_sessions WHERE account_id = :account") == before


async def test_a_broken_session_id_is_not_found(team: Team) -> None:
    for broken in ("", "x", "00000000-0000-0000-0000-00000000000"):
        code = await team.as_("l1").refused("Answer", sessionId=broken, nodeId="on", answer="yes", expectedStep=0)
        assert code == "NOT_FOUND"
        assert await seen(team.as_("l1"), broken) is None


async def test_the_tree_in_the_database_is_what_is_walked(team: Team) -> None:
    """The client's words never reach the record: no field of the input carries a question or a label."""
    session = await begin_printer(team)
    given = {**answering(session, "yes"), "question": "Something else?"}
    body = await team.as_("l1").raw("Answer", input=given)
    assert body["errors"] and (await seen(team.as_("l1"), session))["step"] == 0
    assert printer()["nodes"][0]["text"] == session["currentNode"]["text"]
