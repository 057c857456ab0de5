"""What lists can be ordered by."""

from __future__ import annotations

from enum import StrEnum

from schema.enums import described


class SessionOrderField(StrEnum):
    LAST_STEP_AT = "last_step_at"
    STARTED_AT = "started_at"
    NUMBER = "number"


class QueueOrderField(StrEnum):
    PRIORITY = "priority"
    ESCALATED_AT = "escalated_at"
    LAST_STEP_AT = "last_step_at"


described(SessionOrderField, "WalkSessionOrderField", "What sessions are ordered by.", {
    "LAST_STEP_AT": "When a node was last answered.",
    "STARTED_AT": "When the walk began.",
    "NUMBER": "The session's number.",
})
WalkSessionOrderField = SessionOrderField
described(QueueOrderField, "EscalationOrderField", "What the queue is ordered by.", {
    "PRIORITY": "Priority; within one, who has waited longest comes first.",
    "ESCALATED_AT": "When it was handed over.",
    "LAST_STEP_AT": "When a node of its walk was last answered.",
})
EscalationOrderField = QueueOrderField
