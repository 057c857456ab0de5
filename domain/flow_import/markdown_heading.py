"""What the headings and leading sentences of runbooks say by themselves."""

from __future__ import annotations

import re
from typing import Final

# Headings under which a runbook explains instead of telling what to do.
CONTEXT: Final = frozenset(
    {"meaning", "impact", "overview", "summary", "symptoms", "symptom", "description", "background", "context"}
    | {"about", "introduction", "purpose", "severity", "prerequisites", "scope", "reference", "references"}
    | {"links", "notes", "audience", "contents", "owner", "owners", "history", "changelog", "glossary"}
    | {"see also", "table of contents", "when to use", "when to use this", "additional resources"}
    | {"further reading", "machine-readable form", "what this means", "what does this mean", "why this matters"}
    | {"related", "related links", "see", "metadata", "tags", "author", "authors", "requirements"}
    | {"before you begin", "before you start", "faq"}
)
# Headings that say that something is to be done, but not what.
GENERIC: Final = frozenset(
    {"diagnosis", "mitigation", "resolution", "steps", "actions", "procedure", "solution", "fix", "todo", "checklist"}
    | {"troubleshooting", "instructions", "remediation", "investigation", "verification", "what to do", "how to fix"}
)
# Headings under which a runbook says to whom the case goes when its steps did not help.
HANDS_OVER: Final = frozenset(
    {"escalation", "escalate", "when to escalate", "escalation path", "escalation procedure", "escalations", "contact"}
    | {"contacts", "who to contact", "escalation contacts", "support contacts", "if all else fails"}
    | {"still not working", "if nothing helps", "getting help", "support"}
)
# What stands where nobody has written anything yet.
PLACEHOLDERS: Final = frozenset(
    {"todo", "tbd", "tba", "to be added", "to be done", "to be defined", "to be determined", "n/a", "none", "...", "…"}
    | {"wip", "work in progress", "coming soon", "fixme", "to do"}
)
CONDITIONS: Final = ("if ", "when ", "in case ")
EXAMPLES: Final = ("such as:", "for example:", "e.g.:", "including:", "causes:", "reasons:", "one of:", "like:")
LEADS: Final = frozenset({"do the following", "follow these steps", "steps", "please do the following", "then"})
NUMBERED: Final = re.compile(r"(?:step\s{0,3}#?)?(\d{1,3})(?:[.):]|\s-|\s–)\s{0,3}(\S.{0,300})", re.IGNORECASE)
