"""Enums of authoring: import formats, and what lint and import say."""

from __future__ import annotations

from domain.flow_finding import FindingCode
from domain.flow_import.result import ContentEncoding as Encoding
from domain.flow_import.result import FlowFormat as Format
from schema.enums import described

described(Format, "FlowFormat", "How a flow is written down.", {
    "HANDRAIL_JSON": "Our own JSON (docs/flow.schema.json); reads back to the same tree.",
    "MARKDOWN": "A runbook or checklist. Exported, it carries the flow in a block at its end and reads back the same.",
    "TASK_GRAPH": "JSON task graphs: STAR tasks, ABCD guidelines, GoRules decision graphs.",
    "DAG": "JSON graphs of steps with dependencies, such as StepFly's.",
    "DMN": "A DMN decision table (XML).",
})
FlowFormat = Format
described(Encoding, "ContentEncoding", "How a content is packed for its way.", {
    "TEXT": "As it is.",
    "GZIP_BASE64": "Base64 of gzip of its UTF-8 text: `gzip -c FILE | base64`.",
})
ContentEncoding = Encoding
described(FindingCode, "FlowFindingCode", "What lint or import remarks. A code never changes its meaning.", {
    "UNREACHABLE": "No way leads from the start to the node.",
    "DEAD_END": "The node, or one of its answers, leads nowhere.",
    "ONE_ANSWER": "A question with fewer than two answers.",
    "CYCLE_WITHOUT_EXIT": "Whoever gets into the cycle never gets out.",
    "AUTOMATIC_CYCLE": "Decisions and jumps lead to each other and ask nothing in between.",
    "UNKNOWN_TARGET": "An answer leads to a node that is not in the flow.",
    "DUPLICATE_QUESTION": "The same is asked twice on one way.",
    "NO_ESCALATION": "No way leads to an escalation.",
    "NO_REASON_CATEGORY": "An escalate node does not say why it escalates.",
    "UNKNOWN_FACT": "A fact is used that nothing in the flow asks for.",
    "FACT_NOT_YET_KNOWN": "A fact is used before every way to it has asked for it.",
    "FACT_TYPE_CONFLICT": "A fact is stored with one type and used with another.",
    "NO_FACT": "A data input does not name the fact it is stored under.",
    "EXPRESSION_ERROR": "A condition cannot be read.",
    "UNDEFINED_SUB_FLOW": "The flow that is called is not published in this account.",
    "TOO_DEEP": "The longest way has more nodes than a call has patience for.",
    "NEEDS_REVIEW": "A stub that nobody has written yet.",
    "FLOOR_HIT": "The text asks for what L1 may usually not do (the hard floor).",
    "UNSAFE_MARKUP": "HTML, an image, a link to another address than https, or deceiving characters.",
    "INVALID_CONTENT": "Import: the content is not of its format.",
    "TOO_LARGE": "Import: the content exceeds a limit.",
    "UNSUPPORTED": "Import: something that has no counterpart in a flow.",
    "CYCLIC": "Import: the graph has a cycle where its format forbids one.",
    "FUNCTION_NOT_EXECUTED": "Import: a formula or function; shown to people, never run.",
    "DROPPED": "Import: something was left out.",
    "REWRITTEN": "Import: something was written in another way.",
    "ASSUMED": "Import: something was guessed.",
})
FlowFindingCode = FindingCode
