"""From a query's text to a document that may run: parsed, measured, validated, and kept for the next time."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    StringValueNode,
    VariableNode,
    Visitor,
    parse,
    validate,
    visit,
)

from web.document_limits import MAX_TOKENS, Measurer, TooComplex, check_nodes, paged_fields
from web.request_error import RequestError

MAX_KEPT = 500
MAX_KEPT_LENGTH = 20_000
MAX_ERRORS = 100
MAX_WAYS = 32  # in which the variables of one document's directives are set
UNSTORABLE = "A text in the document holds a NUL character or half of a surrogate pair."


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """A document that passed every check which does not depend on the caller or the variables."""

    document: DocumentNode
    measurer: Measurer
    operations: dict[str | None, OperationDefinitionNode] = field(default_factory=dict)
    introspects: bool = False
    conditions: tuple[str, ...] = ()  # variables that its directives ask: they change what is selected
    memo: dict[Any, Any] = field(default_factory=dict)

    def memo_for(self, name: str | None, variables: dict[str, Any]) -> dict[Any, Any]:
        """What is known of its selections as these variables make them; kept for some ways they may be set."""
        if not self.conditions:
            return self.memo
        given = tuple(variables.get(one, ...) for one in self.conditions)
        if not all(one is True or one is False or one is ... for one in given):
            return {}  # it will be refused, or must not be remembered
        if len(self.memo) < MAX_WAYS:
            self.memo.setdefault((name, given), {})
        known: dict[Any, Any] = self.memo.get((name, given), {})
        return known

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Raises ``RequestError`` when the name does not decide it."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        found = self.operations.get(name) if name is not None else None
        if found is None:
            message = "Name one of the document's operations in `operationName`."
            raise RequestError(message, is_graphql=True)
        return found

    def is_mutation(self, name: str | None) -> bool:
        return self.operation(name).operation is OperationType.MUTATION


class Documents:
    """Checks documents against one schema and keeps the good ones."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._paged = paged_fields(schema)
        self._kept: OrderedDict[str, CheckedDocument] = OrderedDict()

    def check(self, query: str) -> CheckedDocument:
        """Raises ``RequestError`` with everything that is wrong with it."""
        kept = self._kept.get(query)
        if kept is not None:
            self._kept.move_to_end(query)
            return kept
        checked = self._check(query)
        if len(query) <= MAX_KEPT_LENGTH:
            self._kept[query] = checked
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return checked

    def check_nodes(self, checked: CheckedDocument, name: str | None, variables: dict[str, Any]) -> None:
        """The limit that depends on variables. Raises ``RequestError``."""
        try:
            check_nodes(checked.measurer, checked.operation(name), self._paged, variables)
        except TooComplex as refused:
            raise RequestError(str(refused), code="QUERY_TOO_COMPLEX", is_graphql=True) from None

    def _check(self, query: str) -> CheckedDocument:
        document = _parsed(query)
        measurer = Measurer(document)
        operations = {
            node.name.value if node.name else None: node
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
        }
        try:
            for operation in operations.values():
                measurer.check(operation)
        except TooComplex as refused:
            raise RequestError(str(refused), code="QUERY_TOO_COMPLEX", is_graphql=True) from None
        found = _Findings()
        visit(document, found)
        if found.has_unstorable:
            raise RequestError(UNSTORABLE)
        errors = validate(self._schema, document, max_errors=MAX_ERRORS, hide_suggestions=True)
        if errors and all("Validation aborted" in error.message for error in errors):
            message = "The document repeats too much to be checked in time; split it."
            raise RequestError(message, code="QUERY_TOO_COMPLEX", is_graphql=True)
        if errors:
            raise RequestError.of(errors)
        return CheckedDocument(document, measurer, operations, found.introspects, tuple(sorted(found.conditions)))


def _parsed(query: str) -> DocumentNode:
    try:
        return parse(query, max_tokens=MAX_TOKENS)
    except GraphQLError as error:
        if "Parsing aborted" in error.message:
            message = f"The document has more than {MAX_TOKENS:,} tokens or is nested too deeply; split it."
            raise RequestError(message, code="QUERY_TOO_COMPLEX", is_graphql=True) from None
        if "\0" in query or "Invalid Unicode escape" in error.message:  # as in variables, and with the same status
            raise RequestError(UNSTORABLE) from None
        raise RequestError.of([error]) from None
    except RecursionError:
        message = "The document is nested too deeply."
        raise RequestError(message, code="QUERY_TOO_COMPLEX", is_graphql=True) from None


class _Findings(Visitor):
    """Texts that no database can store, and whether the schema itself is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.has_unstorable = False
        self.introspects = False
        self.conditions: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        values = (argument.value for argument in node.arguments or ())
        self.conditions |= {value.name.value for value in values if isinstance(value, VariableNode)}

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        self.has_unstorable = self.has_unstorable or is_unstorable(node.value)

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.introspects = self.introspects or node.name.value in {"__schema", "__type"}


def is_unstorable(text: str) -> bool:
    return "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text)
