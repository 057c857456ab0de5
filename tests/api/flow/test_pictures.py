"""Flows and walks as pictures: who may see them, how they are served, and the path highlighted."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import httpx
import pytest

from tests.api.flow.authoring import draft, published
from tests.support.api import Api, Caller, Team
from tests.support.trees import escalate, instruction, printer, question, resolved, tree
from tests.support.walks import begin, walk
from web import flow_pictures


async def picture(caller: Caller, path: str, **more: object) -> httpx.Response:
    return await caller.http.get(path, headers=caller.headers, **more)


@pytest.mark.parametrize("person", ["owner", "admin", "engineer", "l1", "viewer"])
async def test_everybody_of_the_account_sees_published_flows(team: Team, person: str) -> None:
    flow = await published(team.as_("engineer"), printer())
    for wanted in (flow["id"], flow["publishedVersion"]["id"]):
        answer = await picture(team.as_(person), f"/flows/{wanted}.svg")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["x-content-type-options"] == "nosniff"
        root = ET.fromstring(answer.text)
        kinds = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert kinds <= {"svg", "title", "g", "rect", "path", "polygon", "text", "tspan"}
        assert "Is the printer" in " ".join(root.itertext())


async def test_authors_see_drafts_and_proposals(team: Team) -> None:
    engineer = team.as_("engineer")
    flow, proposal = await draft(engineer, printer()), await team.propose(printer())
    for wanted in (flow["id"], flow["draft"]["id"], proposal):
        assert (await picture(engineer, f"/flows/{wanted}.svg")).status_code == 200


async def test_the_credential_comes_in_the_header_only(team: Team) -> None:
    flow = await published(team.as_("engineer"), printer())
    l1 = team.as_("l1")
    for path in (f"/flows/{flow['id']}.svg", f"/walks/{flow['id']}.svg"):
        for query in ("", f"?access_token={l1.token}", f"?token={l1.token}", f"?authorization=Bearer%20{l1.token}"):
            answer = await l1.http.get(path + query)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert (await l1.http.get(path, headers={"cookie": f"token={l1.token}; authorization={l1.token}"})).status_code == 401
        assert (await l1.http.get(path, headers={"authorization": "Bearer wrong"})).status_code == 401


async def test_what_is_unknown_or_invisible_is_not_found(api: Api, team: Team) -> None:
    flow = await published(team.as_("engineer"), printer())
    hidden = await draft(team.as_("engineer"), printer(), "Draft only")
    l1, other = team.as_("l1"), api.as_("owner", account="globex")
    answers = [await picture(l1, f"/flows/{hidden['id']}.svg"), await picture(l1, "/flows/nothing.svg"),
               await picture(l1, f"/flows/{team.id}.svg"), await picture(other, f"/flows/{flow['id']}.svg"),
               await picture(l1, f"/walks/{flow['id']}.svg")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}
    machine = await team.service_account("intake")
    assert (await picture(machine, f"/flows/{flow['id']}.svg")).status_code == 403


async def test_hostile_texts_stay_text(team: Team) -> None:
    evil = '</text><script>alert(1)</script> "]; click n0 href "javascript:alert(1)"'
    flow = await published(team.as_("engineer"), tree(question("q", evil, yes="solved", no="engineer"), resolved(), escalate(reasonCategory="flow_gap")), evil)
    svg = (await picture(team.as_("l1"), f"/flows/{flow['id']}.svg")).text
    assert not any(element.tag.endswith("script") for element in ET.fromstring(svg).iter())
    mermaid = (await team.as_("l1").run("FlowVersions", id=flow["id"]))["flow"]["mermaid"]
    assert "<" not in mermaid and "javascript:" not in mermaid and '"]; click' not in mermaid


async def test_the_walked_path_is_highlighted(team: Team) -> None:
    l1 = team.as_("l1")
    session = await walk(l1, await begin(l1, await team.publish(printer())), "no", "done")
    mermaid = (await l1.run("WalkPicture", id=session["id"]))["walkSession"]["mermaid"]
    lines = [line.strip() for line in mermaid.splitlines()]
    assert "class n0,n1 walked" in lines
    assert any(line.startswith("linkStyle ") and line.split()[1].count(",") == 1 for line in lines)
    svg = (await picture(team.as_("viewer"), f"/walks/{session['id']}.svg")).text
    assert svg.count("LAST") == 1 and svg.count("WALKED") == 1 and f"Walk {session['number']}" in svg


async def test_a_walk_without_a_tree_has_no_picture(team: Team) -> None:
    l1 = team.as_("l1")
    session = await begin(l1, adhoc=True)
    assert (await l1.run("WalkPicture", id=session["id"]))["walkSession"] == {"mermaid": None, "facts": []}
    assert (await picture(l1, f"/walks/{session['id']}.svg")).status_code == 404


async def test_a_large_flow_is_drawn_beside_other_requests(team: Team) -> None:
    nodes = [instruction(f"n{number}", f"Step {number} of many", f"n{number + 1}") for number in range(600)]
    flow = await published(team.as_("engineer"), tree(*nodes, escalate("n600", reasonCategory="flow_gap")))
    answer = await picture(team.as_("l1"), f"/flows/{flow['id']}.svg")
    assert (answer.status_code, answer.text.count("<polygon")) == (200, 600)


@pytest.mark.parametrize(("fault", "status"), [(RuntimeError("a secret"), 500), (ConnectionRefusedError("a secret"), 503)])
async def test_a_fault_is_masked_and_logged_with_the_requests_id(
    team: Team, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Exception, status: int
) -> None:
    def broken(*_: object) -> None:
        raise fault

    monkeypatch.setattr(flow_pictures, "flow_svg", broken)
    caller = team.as_("l1")
    headers = {**caller.headers, "x-request-id": "picture-0001"}
    answer = await caller.http.get("/flows/5f0c8e4e-9a57-4a52-8f0c-3f3c2b0d7a10.svg", headers=headers)
    assert (answer.status_code, "a secret" in answer.text, answer.headers.get("retry-after")) == (
        status, False, "1" if status == 503 else None)
    assert "picture-0001" in caplog.text
