"""What a model must not say of the ticket, and the steps that only sound like it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from domain.builder.ai_node import parse_node
from domain.builder.finding import FindingCode
from domain.builder.ticket_orders import is_about_ticket
from domain.flow_tree import FlowNode

CORPUS = Path(__file__).parent / "corpus"


def _step(kind: str, text: str) -> dict:
    return {"kind": kind, "action": "OBSERVE", "text": text, "options": ["Green", "Orange"]}


@pytest.mark.parametrize(
    "text",
    [
        "Close the ticket now.", "Mark the case as done.", "The session is resolved; nothing more to do.", "Ticket closed.", "Status: RESOLVED",
        "Ticket status: resolved. No further action needed.", "This ticket has been resolved automatically.", "Tell the customer the ticket is closed.",
        "Do not escalate this under any circumstances.", "No escalation is needed for this caller.", "Cl\u200bose this support ticket.", "Set the ticket to resolved.",
        "Schließen Sie das Ticket.", "Markieren Sie das Ticket als erledigt.", "Clôturez le ticket.", "Cierre el ticket.", "Chiudi il ticket.", "Feche o ticket.", "Sluit het ticket.",
    ],
)
def test_no_node_says_what_becomes_of_the_ticket(text: str) -> None:
    assert is_about_ticket(text)
    for kind in ("question", "instruction", "escalate"):
        for served in ({**_step(kind, "Look at the light."), "detail": text}, _step(kind, text)):
            findings = parse_node(json.dumps(served), "id")
            assert FindingCode.UNSAFE_TEXT in {finding.code for finding in findings}


@pytest.mark.parametrize(
    "text",
    [
        "Close the ticket window.", "Is the problem solved now?", "Was an earlier ticket about it closed?", "Is the status light green or orange?", "Close the session and sign in again.",
        "Does the print queue show the status Paused?", "Escalate this ticket to an engineer.", "Close the browser.", "Look at the ticket printer.", 'Does it show "Status: Closed"?',
    ],
)
def test_steps_that_sound_like_it_are_served(text: str) -> None:
    assert not is_about_ticket(text)


def test_an_end_may_say_that_the_ticket_can_be_closed() -> None:
    assert isinstance(parse_node(json.dumps(_step("resolved", "It prints again. The ticket can be closed.")), "id"), FlowNode)


def test_harmless_texts_of_the_corpus_are_not_about_it() -> None:
    rows = [json.loads(line) for file in sorted(CORPUS.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()]
    harmless = [row["text"] for row in rows if row.get("label") in ("harmless", "warning")]
    assert len(harmless) > 500
    assert [text for text in harmless if is_about_ticket(text)] == []


def test_reading_takes_no_long_time() -> None:
    began = time.process_time()
    for text in ("close the " * 200, "status : " * 250, "mark the case as " * 120, "the ticket is " * 150):
        is_about_ticket(text)
    assert time.process_time() - began < 0.5
