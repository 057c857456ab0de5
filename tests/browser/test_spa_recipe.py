"""docs/spa.md says what a client sends: its documents walk a call from intake to the end."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

from tests.browser.support import Person

RECIPE = Path(__file__).resolve().parents[2] / "docs/spa.md"


def documents() -> dict[str, str]:
    """The page's GraphQL documents by the name of their operation."""
    blocks = re.findall(r"```graphql\n(.*?)```", RECIPE.read_text(), re.DOTALL)
    return {re.match(r"mutation (\w+)", block)[1]: block for block in blocks}


def test_the_recipe_walks_a_call(api, problem):
    server = api(Person.L1)
    sent = documents()
    assert set(sent) == {"Intake", "AnswerNode", "NextNode", "SaveNotes", "Resolve"}
    wanted = {"problem": problem, "flowId": server.flow_id("outlook-not-working"), "idempotencyKey": uuid4().hex}
    session = server.run(sent["Intake"], input=wanted)["intake"]["outcome"]["session"]
    node = session["currentNode"]

    answer = {
        "sessionId": session["id"], "nodeId": node["nodeId"], "answer": node["options"][0]["value"],
        "expectedStep": session["step"], "idempotencyKey": uuid4().hex,
    }  # fmt: skip
    first = server.run(sent["AnswerNode"], input=answer)["answerNode"]
    again = server.run(sent["AnswerNode"], input=answer)["answerNode"]
    stale = server.run(sent["AnswerNode"], input={**answer, "idempotencyKey": uuid4().hex})["answerNode"]
    assert (first["errors"], first["session"]["step"]) == ([], session["step"] + 1)
    assert again == first
    assert stale["errors"][0]["code"] in {"STALE_STEP", "STALE_NODE"}
    assert stale["errors"][0]["session"]["currentNode"]["nodeId"] == first["session"]["currentNode"]["nodeId"]

    replayed = server.run(sent["NextNode"], input={"sessionId": session["id"]})["nextNode"]
    assert replayed["session"]["currentNode"]["nodeId"] == first["session"]["currentNode"]["nodeId"]

    notes = {"sessionId": session["id"], "notes": [{"text": "Heard a beep."}], "expectedNotesVersion": 0}
    saved = server.run(sent["SaveNotes"], input=notes)["saveNotes"]
    refused = server.run(sent["SaveNotes"], input=notes)["saveNotes"]
    assert [note["text"] for note in saved["session"]["notes"]] == ["Heard a beep."]
    assert [error["code"] for error in refused["errors"]] == ["STALE_NOTES"]

    end = {"sessionId": session["id"], "resolutionNotes": "Works.", "helpful": True, "idempotencyKey": uuid4().hex}
    assert server.run(sent["Resolve"], input=end)["resolve"]["session"]["status"] == "RESOLVED"
    end["idempotencyKey"] = uuid4().hex
    assert server.run(sent["Resolve"], input=end)["resolve"]["errors"][0]["code"] == "NOT_ACTIVE"
