"""A node is a step of a diagnosis. What becomes of the ticket is decided by people, never said by a model.

An order to close or mark the ticket, a claim that it is closed and a ban on escalating are how text aimed at the model
shows in its answers.
"""

# ruff: noqa: E501 - patterns are read by the entry, not by the line

from __future__ import annotations

import re

from domain.builder.floor_reading import plain_reading

_THING = r"(?:support |help ?desk |service |this |that |the |your |my |their |das |den |dieses |diesen |le |la |ce |cette |el |esta? |il |lo |questo |questa |o |a |het |de |dit |deze ){0,2}"
_RECORD = r"(?:ticket|walk session|incident|service request|vorgang|incidencia|chamado|melding)s?\b(?! (?:window|tab|page|form|portal|app|machine|printer|system|tool|screen|dialog|counter)\b)"
_END = r"(?:closed|resolved|solved|done|completed?|finished|cancelled|canceled|abandoned|geschlossen|erledigt|gelost|resolue?|cloture|fermee?|cerrad[oa]|resuelt[oa]|chius[oa]|risolt[oa]|fechad[oa]|resolvid[oa]|gesloten|opgelost)"
_ORDERS = re.compile(
    rf"\b(?:close|resolve|complete|finish|cancel|delete|abandon|solve|end|reopen|schliess(?:en|e)?(?: sie)?|beende(?:n)?(?: sie)?|clotur(?:ez|er|e)|ferm(?:ez|er|e)|cierr[ae]|cerrar|chiud(?:i|a|ere)|fech(?:e|ar)|sluit) {_THING}{_RECORD}"
    rf"|\b(?:mark|set|flag|tag|update|markier(?:en|e)(?: sie)?|setz(?:en|e)?(?: sie)?|marqu(?:ez|er|e)|marc(?:a|ar|que)|segna|markeer) (?:{_THING}{_RECORD}|{_THING}(?:case|fall|cas|caso|status|call))(?: \w+){{0,3}} {_END}\b"
    rf"|\b(?:this|the|your|das|dieses|ce|le|el|il|o|het) {_RECORD} (?:is|are|was|has been|can be|should be|may be|ist|wurde|est|a ete|esta|e stato|foi) (?:\w+ )?{_END}\b"
    rf"|^{_RECORD} {_END}\b|\b(?:this|the|your) session (?:is|was|has been|can be) (?:\w+ )?(?:resolved|escalated|abandoned)\b"
    r"|\bstatus ?[:=] ?(?:resolved|closed|escalated|abandoned)\b"
    r"|\b(?:do not|never|must not|nicht|ne pas|no) (?:escalate|escalation|eskalieren|escalader|escalar)\b|\bwithout (?:escalating|escalation)\b"
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


def is_about_ticket(text: str) -> bool:
    """True for a text that orders or claims what becomes of the ticket. A question about it is none."""
    sentences = (part for part in _SENTENCE.split(plain_reading(text)) if not part.endswith("?"))
    return any(_ORDERS.search(part) for part in sentences)
