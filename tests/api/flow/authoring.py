"""Shorthands of the authoring tests."""

from __future__ import annotations

from typing import Any

from tests.support.api import Caller

Tree = dict[str, Any]
ENUMS = ("kind", "reasonCategory", "inputType")


def sent(tree: Tree) -> Tree:
    """A tree in the JSON form of flows as ``FlowTreeInput``: enum values are upper-case there."""
    return {
        "rootId": tree["rootId"],
        "nodes": [{key: value.upper() if key in ENUMS else value for key, value in node.items()} for node in tree["nodes"]],
    }


def read(tree: Tree) -> Tree:
    """A tree as a query answered it, as input again."""
    return {"rootId": tree["rootId"],
            "nodes": [{key: value for key, value in node.items() if key != "__typename"} for node in tree["nodes"]]}


async def draft(caller: Caller, tree: Tree, title: str = "Printer does not print", **more: Any) -> dict[str, Any]:
    """The flow whose draft was saved."""
    given = {"title": title, "category": "printer", "tree": sent(tree), **more}
    return (await caller.do("SaveDraft", **given))["flow"]


async def published(caller: Caller, tree: Tree, title: str = "Printer does not print", **more: Any) -> dict[str, Any]:
    """The flow that was saved and published through the API."""
    flow = await draft(caller, tree, title, **more)
    return (await caller.do("Publish", flowId=flow["id"], expectedDraftId=flow["draft"]["id"]))["flow"]


async def flow_of(caller: Caller, flow_id: str) -> dict[str, Any]:
    return (await caller.run("AuthoredFlow", id=flow_id))["flow"]


async def refused_code(caller: Caller, operation: str, **given: Any) -> str:
    """The one code a mutation is refused with; findings may come with it, changed objects may not."""
    payload = await caller.send(operation, **given)
    assert not any(payload[name] for name in ("flow", "proposal") if name in payload), payload
    [error] = payload["errors"]
    return error["code"]
