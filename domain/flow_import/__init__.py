"""Flows from elsewhere. Content is hostile until proven: bounded before it is parsed, and nothing in it is executed."""

from domain.flow_import.entry import import_flows
from domain.flow_import.result import FlowFormat, ImportedFlow, ImportResult

__all__ = ["FlowFormat", "ImportResult", "ImportedFlow", "import_flows"]
