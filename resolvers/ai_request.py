"""What of a session may enter a prompt."""

from __future__ import annotations

from typing import Any

from domain.builder.known_values import known_values
from domain.builder.prompt import NodeRequest, PathStep, node_request
from domain.walk_session import Step, notes_from_json, path_from_json

COLUMNS = ("id", "step", "problem_text", "category", "walked_path", "walk_notes", "customer_name", "customer_contact",
           "company_name", "company_external_id", "continues_session_id")


def known_of(row: Any, *texts: str) -> tuple[str, ...]:
    """What of a session's customer and company must be taken out of ``texts``."""
    return known_values(row.customer_name, row.customer_contact, row.company_name, row.company_external_id, texts=texts)


def request_of(row: Any, earlier: tuple[Step, ...]) -> NodeRequest:
    """What may enter the prompt: problem, category, chosen labels, notes; names and contacts taken out."""
    standing = [one for one in (*earlier, *path_from_json(row.walked_path)) if not one.is_superseded]
    path = tuple(PathStep(one.question, one.answer_label, one.note) for one in standing)
    notes = tuple(note.text for note in notes_from_json(row.walk_notes))
    known = known_of(row, row.problem_text, *notes, *(one.note for one in path if one.note))
    return node_request(row.problem_text, row.category or "", path, notes, redact=known)
