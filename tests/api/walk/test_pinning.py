"""A walk is pinned: what happens to its flow or proposal afterwards changes nothing in it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Team
from tests.support.trees import colour, instruction, printer, question, resolved, tree
from tests.support.walks import at, begin, path, seen, walk


async def _publish_other(team: Team, flow: str) -> None:
    await team.publish(colour(), "Renamed", flow_id=flow)


async def _roll_back(team: Team, flow: str) -> None:
    await team.rows("UPDATE flows SET published_version_id = (SELECT id FROM flow_versions WHERE flow_id = :flow"
                    " ORDER BY number LIMIT 1) WHERE id = :flow", flow=flow)


async def _archive(team: Team, flow: str) -> None:
    await team.rows("UPDATE flows SET archived_at = now(), published_version_id = NULL WHERE id = :flow", flow=flow)


@pytest.mark.parametrize("change", [_publish_other, _roll_back, _archive])
async def test_publishing_rolling_back_or_archiving_changes_no_walk(team: Team, change: Any) -> None:
    """Invariant 1, half-way through a walk of version 2."""
    l1 = team.as_("l1")
    flow = await team.publish(colour())
    await team.publish(printer(), flow_id=flow)
    session = await walk(l1, await begin(l1, flow), "yes")
    assert (session["flowVersion"]["number"], at(session)) == (2, "reprint")
    await change(team, flow)
    now = await seen(l1, session)
    assert (now["flowVersion"], now["currentNode"]) == (session["flowVersion"], session["currentNode"])
    session = await walk(l1, session, "done", "no")
    session = (await l1.do("Back", sessionId=session["id"], toStep=1, expectedStep=3))["session"]
    session = await walk(l1, session, "no")
    assert (at(session), path(session)) == ("power", [(4, "on", "no")])


async def test_a_new_walk_takes_the_newest_version(team: Team) -> None:
    l1 = team.as_("l1")
    flow = await team.publish(printer())
    await team.publish(colour(), flow_id=flow)
    session = await begin(l1, flow)
    assert (session["flowVersion"]["number"], at(session)) == (2, "kind")


async def test_a_continued_walk_keeps_the_pin(team: Team) -> None:
    l1 = team.as_("l1")
    flow = await team.publish(printer())
    session = await walk(l1, await begin(l1, flow), "yes")
    await team.publish(colour(), flow_id=flow)
    await l1.do("Abandon", sessionId=session["id"], reason="CUSTOMER_GONE")
    session = (await l1.do("Continue", sessionId=session["id"]))["session"]
    assert (session["flowVersion"]["number"], at(session)) == (1, "reprint")


async def test_a_proposals_tree_is_copied_at_the_start(team: Team) -> None:
    """Invariant 13."""
    l1 = team.as_("l1")
    proposal = await team.propose(printer())
    session = await begin(l1, proposalId=proposal)
    await team.rows("UPDATE flow_proposals SET tree = CAST(:tree AS jsonb), status = 'rejected' WHERE id = :id",
                    tree='{"rootId": "x", "nodes": [{"nodeId": "x", "kind": "resolved", "text": "No"}]}', id=proposal)
    session = await walk(l1, session, "yes", "done")
    assert (at(session), session["proposal"]) == ("printed", {"id": proposal})


async def test_sub_flow_versions_are_pinned_with_the_flow(team: Team) -> None:
    l1 = team.as_("l1")
    sub = await team.publish(tree(question("plugged", "Is it plugged in?", yes="end", no="plug"),
                                  instruction("plug", "Plug it in.", "end"), resolved("end", "Back to the caller.")))
    flow = await team.publish(tree(
        {"nodeId": "call", "kind": "sub_flow", "text": "Check the cable", "subFlowId": sub, "nextNodeId": "works"},
        question("works", "Does it work now?", yes="solved", no="engineer"), resolved(),
        {"nodeId": "engineer", "kind": "escalate", "text": "Hand it over."}))
    session = await begin(l1, flow)
    assert at(session) == "plugged"
    await team.publish(colour(), flow_id=sub)
    await _archive(team, sub)
    session = await walk(l1, session, "no")
    assert (at(session), session["currentNode"]["text"]) == ("plug", "Plug it in.")
    session = await walk(l1, session, "done")
    assert at(session) == "works"
    assert path(await walk(l1, session, "yes")) == [(1, "plugged", "no"), (2, "plug", "done"), (3, "works", "yes")]
