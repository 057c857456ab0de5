"""How large an import may be: counted as decoded text, reachable in full, refused one byte later; and the way there and back."""

from __future__ import annotations

import base64
import gzip
import json
import time

from domain.flow_node import MAX_CONTENT_BYTES, MAX_NODE_BYTES, MAX_TREE_BYTES
from tests.api.flow.authoring import flow_of
from tests.support.api import Caller, Team
from tests.support.trees import printer


def packed(text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    return base64.b64encode(gzip.compress(data)).decode()


def padded(size: int) -> str:
    """A flow in our JSON of exactly so many bytes, full of what JSON in JSON must escape."""
    text = json.dumps({"title": "Large", "category": "printer", "tree": printer()}, indent=1)
    return text + "\n" * (size - len(text))


def large_tree() -> dict:
    """As many bytes of nodes as a tree may have, and not one node too large."""
    nodes = [{"nodeId": f"n{at}", "kind": "instruction", "text": f"Step {at}", "nextNodeId": f"n{at + 1}"} for at in range(99)]
    nodes.append({"nodeId": "n99", "kind": "escalate", "text": "Engineer", "reasonCategory": "flow_gap"})
    left = MAX_TREE_BYTES - sum(len(json.dumps(node, separators=(",", ":"))) for node in nodes)
    for node in nodes:
        room = min(left - 12, MAX_NODE_BYTES - 200)
        if room > 0:
            node["detail"] = '"a\n' * (room // 5) + "b" * (room % 5)  # five bytes for three characters
            left -= room + len(',"detail":""')
    return {"rootId": "n0", "nodes": nodes}


async def refused(caller: Caller, content: str, **more: object) -> tuple[str, list[str], str]:
    payload = await caller.send("Import", format="HANDRAIL_JSON", content=content, **more)
    [error] = payload["errors"]
    return error["code"], error["field"], error["message"]


async def test_the_limit_counts_decoded_text(team: Team) -> None:
    engineer = team.as_("engineer")
    assert (MAX_CONTENT_BYTES, MAX_TREE_BYTES) == (1_048_576, 1_000_000)
    done = await engineer.do("Import", format="HANDRAIL_JSON", content=packed(padded(MAX_CONTENT_BYTES)), encoding="GZIP_BASE64")
    assert (await flow_of(engineer, done["flow"]["id"]))["draft"]["tree"]["rootId"] == "on"
    code, field, message = await refused(engineer, packed(padded(MAX_CONTENT_BYTES + 1)), encoding="GZIP_BASE64")
    assert (code, field) == ("TOO_LARGE", ["content"]) and "1,048,576 bytes" in message
    assert await team.counts("flows") == (1,)


async def test_a_body_that_is_too_large_is_told_how_to_pack_it(team: Team) -> None:
    engineer = team.as_("engineer")
    document = "mutation ($input: ImportFlowInput!) { importFlow(input: $input) { flow { id } } }"
    answer = await engineer.post({"query": document, "variables": {"input": {"format": "HANDRAIL_JSON", "content": padded(1_000_000)}}})
    assert (answer.status_code, "GZIP_BASE64" in answer.json()["errors"][0]["message"]) == (413, True)


async def test_a_bomb_is_not_unpacked(team: Team) -> None:
    bomb = packed(b"[" * 200_000_000)
    started = time.perf_counter()
    assert (await refused(team.as_("engineer"), bomb, encoding="GZIP_BASE64"))[:2] == ("TOO_LARGE", ["content"])
    assert time.perf_counter() - started < 2


async def test_what_is_no_packed_text_is_refused(team: Team) -> None:
    engineer = team.as_("engineer")
    whole = packed(padded(2_000))
    for content in ("", "no base64!", whole[:-8], base64.b64encode(b"no gzip").decode(), packed(b"\xff\xfe"),
                    base64.b64encode(gzip.compress(b"{}") + b"more").decode(), "é"):
        assert (await refused(engineer, content, encoding="GZIP_BASE64"))[:2] == ("INVALID_INPUT", ["content"]), content
    wrapped = "\n".join(whole[at:at + 76] for at in range(0, len(whole), 76))  # as base64(1) writes it
    await engineer.do("Import", format="HANDRAIL_JSON", content=wrapped, encoding="GZIP_BASE64")
    await engineer.do("Import", format="HANDRAIL_JSON", content=padded(2_000), encoding="TEXT")
    assert await team.counts("flows") == (2,)


async def test_the_largest_tree_goes_out_and_comes_back(team: Team) -> None:
    engineer = team.as_("engineer")
    content = json.dumps({"title": "Large", "tree": large_tree(), "keywords": ["k" * 100]}, separators=(",", ":"))
    made = await engineer.do("Import", format="HANDRAIL_JSON", content=packed(content), encoding="GZIP_BASE64")
    text = (await engineer.run("Export", id=made["flow"]["id"], format="HANDRAIL_JSON"))["exportFlow"]
    assert json.loads(text)["tree"] == large_tree()
    again = await engineer.do("Import", format="HANDRAIL_JSON", content=packed(text), encoding="GZIP_BASE64")
    assert (await flow_of(engineer, again["flow"]["id"]))["draft"]["tree"] == (await flow_of(engineer, made["flow"]["id"]))["draft"]["tree"]
    body = await engineer.raw("Export", id=made["flow"]["id"], format="MARKDOWN")
    assert [error["extensions"]["code"] for error in body["errors"]] == ["BAD_REQUEST"]
