"""The operator's commands on a real database: deleting a session, importing flows, made-up data."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from db.bench_data import bench_id
from tests.support.api import SECRET, Api, Caller, Team
from tests.support.trees import escalate, printer
from web.credentials import development_token

ROOT = Path(__file__).resolve().parents[2]


def cli(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"DATABASE_URL": url.replace("+asyncpg", ""), "PATH": "/usr/bin:/bin", "EMBEDDINGS": "off"}
    return subprocess.run([sys.executable, "-m", "cli", *arguments], cwd=ROOT, env=environment, capture_output=True,
                          text=True, check=False, timeout=120)


async def captured(team: Team) -> tuple[str, str]:
    """An ad-hoc session and the proposal captured from it."""
    l1 = team.as_("l1")
    intake = await l1.do("Intake", problem="The label scanner beeps", adhoc=True)
    session = intake["outcome"]["session"]["id"]
    await l1.do("Notes", sessionId=session, notes=[{"text": "Wiped its window", "isStep": True}], expectedNotesVersion=0)
    done = await l1.do("Resolve", sessionId=session, resolutionNotes="Works", helpful=True)
    return session, done["proposal"]["id"]


async def test_a_deleted_session_takes_its_pending_proposal_with_it(api: Api, team: Team) -> None:
    session, _ = await captured(team)
    done = cli(api.url, "session", "delete", session)
    assert (done.returncode, done.stderr) == (0, "")
    assert await team.counts("l1_walk_sessions", "flow_proposals") == (0, 0)
    [event] = await team.rows("SELECT * FROM audit_events WHERE account_id = :account AND action = 'walk.deleted'")
    assert (str(event["subject_id"]), event["actor_kind"], event["actor_id"]) == (session, "system", None)


@pytest.mark.slow
async def test_a_session_whose_proposal_was_walked_stays(api: Api, team: Team) -> None:
    session, proposal = await captured(team)
    await team.as_("l1").do("Intake", problem="The scanner again", proposalId=proposal)
    before = await team.counts("l1_walk_sessions", "flow_proposals", "audit_events")
    done = cli(api.url, "session", "delete", session)
    assert done.returncode == 1
    assert proposal in done.stderr
    assert "walked 1 times" in done.stderr
    assert done.stderr.startswith("PROPOSAL_IN_USE: ")
    assert "Traceback" not in done.stderr
    assert await team.counts("l1_walk_sessions", "flow_proposals", "audit_events") == before


async def test_a_session_whose_proposal_was_published_stays(api: Api, team: Team) -> None:
    session, proposal = await captured(team)
    flow = await team.publish(printer())
    await team.rows("UPDATE flow_proposals SET status = 'approved', published_flow_id = :flow "
                    "WHERE account_id = :account AND id = :id RETURNING id", flow=flow, id=proposal)
    done = cli(api.url, "session", "delete", session)
    assert (done.returncode, "published" in done.stderr) == (1, True)
    assert await team.counts("l1_walk_sessions", "flow_proposals") == (1, 1)


async def test_an_unknown_session_is_said_plainly(api: Api) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    done = cli(api.url, "session", "delete", unknown)
    assert (done.returncode, done.stderr) == (1, f"There is no session {unknown}.\n")


async def test_import_as_a_draft_and_published(api: Api, team: Team, tmp_path: Path) -> None:
    file = tmp_path / "printer.json"
    file.write_text(json.dumps({"title": "Printer, by file", "category": "printer", "tree": printer()}))
    dry = cli(api.url, "flow", "import", str(file), "--account", team.slug, "--dry-run")
    assert (dry.returncode, await team.counts("flows")) == (0, (0,)), dry.stderr
    assert cli(api.url, "flow", "import", str(file), "--account", team.slug).returncode == 0
    assert await team.counts("flows", "flow_drafts", "flow_versions") == (1, 1, 0)
    done = cli(api.url, "flow", "import", str(file), "--account", team.slug, "--publish")
    assert done.returncode == 0, done.stderr
    assert await team.counts("flows", "flow_drafts", "flow_versions") == (2, 1, 1)
    found = (await team.as_("l1").run("{ flows { nodes { title slug } } }"))["flows"]["nodes"]
    assert found == [{"title": "Printer, by file", "slug": "printer-by-file-2"}]


async def test_an_import_is_judged_like_one_through_the_api(api: Api, team: Team, tmp_path: Path) -> None:
    """The same command: called flows must be published, the floor is looked at, and each deed has its audit row."""
    sub = await team.publish(printer(), "Called")
    calling = {"rootId": "s", "nodes": [
        {"nodeId": "s", "kind": "sub_flow", "subFlowId": sub, "nextNodeId": "i"},
        {"nodeId": "i", "kind": "instruction", "text": "Open the registry editor and delete the key.", "nextNodeId": "e"},
        escalate("e", reasonCategory="flow_gap")]}
    file = tmp_path / "calls-another.yaml"
    file.write_text(json.dumps({**calling, "nodes": [{**calling["nodes"][0], "subFlowId": str(team.id)}, *calling["nodes"][1:]]}))
    refused = cli(api.url, "flow", "import", str(file), "--account", team.slug, "--publish")
    assert (refused.returncode, "undefined_sub_flow" in refused.stderr, await team.counts("flows", "flow_drafts")) == (1, True, (1, 0))
    file.write_text(json.dumps(calling))
    done = cli(api.url, "flow", "import", str(file), "--account", team.slug, "--publish")
    assert (done.returncode, done.stdout, "floor_hit" in done.stderr) == (0, "Published calls-another: Calls another\n", True), done.stderr
    audit = await team.rows("SELECT action, actor_kind, actor_id FROM audit_events WHERE account_id = :account AND subject_type = 'flow' ORDER BY action")
    assert [(row["action"], row["actor_kind"], row["actor_id"]) for row in audit] == [
        ("flow.imported", "system", None), ("flow.published", "system", None)]
    assert await team.value("SELECT note FROM flow_versions WHERE account_id = :account AND note IS NOT NULL") == "Imported from a file."


@pytest.mark.slow
async def test_a_file_of_a_whole_megabyte(api: Api, team: Team, tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    text = json.dumps({"title": "Large", "tree": printer()})
    for size, code in ((1_048_576, 0), (1_048_577, 1)):
        file.write_text(text + "\n" * (size - len(text)))
        done = cli(api.url, "flow", "import", str(file), "--account", team.slug)
        assert (done.returncode, "too_large" in done.stderr) == (code, bool(code)), done.stderr
    assert await team.counts("flows") == (1,)


async def test_rubbish_is_refused(api: Api, team: Team, tmp_path: Path) -> None:
    file = tmp_path / "rubbish.json"
    file.write_text("{{{")
    done = cli(api.url, "flow", "import", str(file), "--account", team.slug, "--publish")
    assert (done.returncode, "Traceback" in done.stderr, await team.counts("flows")) == (1, False, (0,))


@pytest.mark.slow
async def test_made_up_accounts_are_the_same_every_time(api: Api) -> None:
    arguments = ("bench-data", "--accounts", "2", "--sessions", "401")
    assert cli(api.url, *arguments).returncode == 0
    count = "SELECT count(*) AS n FROM l1_walk_sessions WHERE account_id = :id"
    assert [(await api.rows(count, id=bench_id(number)))[0]["n"] for number in (1, 2)] == [201, 200]
    kinds = await api.rows("SELECT DISTINCT session_kind AS k, status AS s FROM l1_walk_sessions WHERE account_id = :id",
                           id=bench_id(1))
    assert {row["k"] for row in kinds} == {"flow", "proposal", "adhoc", "ai_build"}
    assert {row["s"] for row in kinds} == {"active", "resolved", "escalated", "abandoned"}
    assert "already" in cli(api.url, *arguments).stdout
    assert (await api.rows(count, id=bench_id(1)))[0]["n"] == 201
    await api.rows("UPDATE accounts SET last_session_number = 0 WHERE id = :id", id=bench_id(1))  # as an interrupted run leaves it
    await api.rows("DELETE FROM l1_walk_sessions WHERE account_id = :id AND number > 100", id=bench_id(1))
    assert cli(api.url, *arguments).returncode == 0
    assert (await api.rows(count, id=bench_id(1)))[0]["n"] == 201
    technician = Caller(api.http, development_token(SECRET, bench_id(2), bench_id(2, "l1_tech", 0)))
    [best] = (await technician.run('{ suggestFlows(problem: "Wi-Fi is slow or drops", first: 1) { flow { id } } }'))["suggestFlows"]
    assert best["flow"]["id"] == str(bench_id(2, "flow", 2)), "their flows are found as others are"


async def test_a_job_by_hand(api: Api) -> None:
    done = cli(api.url, "jobs", "run", "expiry")
    assert (done.returncode, done.stdout) == (0, "expiry: 0 done\n"), done.stderr


@pytest.mark.slow
async def test_a_new_account_needs_a_plain_slug_and_an_address(api: Api) -> None:
    before = await api.rows("SELECT count(*) AS n FROM accounts")
    for slug, email in (("Northwind IT", "o@x.example"), ("northwind", "olivia")):
        done = cli(api.url, "account", "create", slug, f"--owner-email={email}")
        assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False), done
    assert await api.rows("SELECT count(*) AS n FROM accounts") == before
    assert cli(api.url, "account", "create", "northwind", "--owner-email", "o@x.example").returncode == 0
    again = cli(api.url, "account", "create", "northwind", "--owner-email", "o@x.example")
    assert (again.returncode, again.stderr) == (1, "There is an account northwind already.\n")
    assert cli(api.url, "account", "delete", "northwind").returncode == 1
    assert cli(api.url, "account", "delete", "northwind", "--yes").returncode == 0
    assert await api.rows("SELECT count(*) AS n FROM accounts") == before


@pytest.mark.parametrize("arguments", [("token", "a@b"), ("worker",)])
def test_a_database_that_is_away_is_said_in_words(arguments: tuple[str, ...]) -> None:
    done = cli("postgresql://somebody:a-secret@127.0.0.1:9/handrail", *arguments)
    assert (done.returncode, "Connect call failed" in done.stderr) == (1, True), done.stderr
    assert "Traceback" not in done.stderr
    assert "a-secret" not in done.stderr
