"""Rows are reached through the blessed access functions only, and the schema keeps its conventions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    is_required_argument,
    is_specified_directive,
)

from db import models
from db.models.base import TenantRow
from schema.schema import build_schema

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("resolvers", "jobs")
TENANT_MODELS = {name for name in models.__all__ if issubclass(getattr(models, name), TenantRow)}
STATEMENTS = {"select", "update", "delete"}
# A statement made of parts: which function of the file names the tenant for it, and why it stands elsewhere.
HELPERS = {
    "resolvers/flow.py": {"_with_version": "its callers add the account and the conditions of their list"},
}


def _files() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _names_in(nodes: list[ast.expr]) -> set[str]:
    return {one.id for node in nodes for one in ast.walk(node) if isinstance(one, ast.Name)}


def _is_access(call: ast.Call) -> bool:
    return _name(call) == "in_account" or _name(call).startswith("visible_")


def _local_access(tree: ast.Module) -> set[str]:
    """Functions of the file that name the tenant themselves: calling one of them is as good."""
    return {function.name for function in _functions(tree) if any(_is_access(call) for call in _calls(function))}


def unscoped(source: str) -> list[str]:
    """Functions with a statement on a tenant's table and no access function, as ``name:line``."""
    tree = ast.parse(source)
    aliases = {
        target.id
        for node in ast.walk(tree) if isinstance(node, ast.Assign) and _names_in([node.value]) & TENANT_MODELS
        for target in node.targets if isinstance(target, ast.Name)
    }
    helpers = _local_access(tree)
    found = []
    for function in _functions(tree):
        statements = [call for call in _calls(function) if _name(call) in STATEMENTS and isinstance(call.func, ast.Name)
                      and _names_in([*call.args, *(key.value for key in call.keywords)]) & (TENANT_MODELS | aliases)]
        named = any(_is_access(call) or _name(call) in helpers for call in _calls(function))
        if statements and not named:
            found.append(f"{function.name}:{function.lineno}")
    return found


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_statement_names_its_tenant(path: Path) -> None:
    allowed = HELPERS.get(str(path.relative_to(ROOT)), {})
    assert [one for one in unscoped(path.read_text()) if one.split(":")[0] not in allowed] == [], (
        "use in_account() or a visible_…() function of resolvers/access.py in the statement")


@pytest.mark.parametrize("source", [
    "from db.models import User\nasync def f(c):\n    await c.execute(select(User.id).where(User.id == 1))",
    "from db.models import User\nasync def f(c):\n    await c.execute(update(User).values(name='x'))",
    "from db.models import WalkSession\ndef f():\n    return delete(WalkSession)",
    "from db.models import User\nCOLUMNS = (User.id, User.name)\ndef f():\n    return select(*COLUMNS)",
])
def test_the_lint_sees_a_statement_without_a_tenant(source: str) -> None:
    assert len(unscoped(source)) == 1


def test_the_lint_accepts_the_blessed_ways() -> None:
    assert unscoped("def f(a):\n    return select(User.id).where(in_account(User, a))") == []
    assert unscoped("def f(p):\n    return select(WalkSession.id).where(visible_sessions(p))") == []
    assert unscoped("def g(a):\n    return (in_account(User, a),)\ndef f(a):\n    return select(User.id).where(*g(a))") == []


def _comparisons_of_accounts(path: Path) -> list[int]:
    """Lines where a table's ``account_id`` is compared with something that is no other table's ``account_id``."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Compare) and any(isinstance(one, ast.Eq) for one in node.ops):
            sides = [node.left, *node.comparators]
            tables = [one for one in sides if isinstance(one, ast.Attribute) and one.attr == "account_id"
                      and isinstance(one.value, ast.Name) and one.value.id[0].isupper()]
            if len(tables) == 1:
                found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", [path for path in _files() if path.name != "access.py"], ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_access_functions_compare_the_tenant(path: Path) -> None:
    """Tables are joined by their tenants; a table and a caller's account meet in resolvers/access.py only."""
    assert [line for line in _comparisons_of_accounts(path) if "Account.id" not in path.read_text().splitlines()[line - 1]] == []


def test_no_raw_sql_on_a_tenants_table_outside_the_database_layer() -> None:
    """Text would pass by both lints; an expression over the row at hand is none."""
    tables = "|".join(getattr(models, name).__tablename__ for name in TENANT_MODELS)
    statement = re.compile(rf"\b(FROM|JOIN|INTO|UPDATE)\s+({tables})\b(?!\.)", re.IGNORECASE)
    found = []
    for path in _files():
        for call in _calls(ast.parse(path.read_text())):
            texts = [one.value for one in ast.walk(call) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if _name(call) in {"text", "exec_driver_sql"} and statement.search(" ".join(texts)):
                found.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert found == []


def test_loaders_and_jobs_open_doors_with_a_tenant() -> None:
    """``read(None)`` sees nothing and is for what has no tenant; only failed credentials are written so."""
    found = []
    for path in _files():
        for call in _calls(ast.parse(path.read_text())):
            if _name(call) in {"read", "write"} and call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value is None:
                found.append(str(path.relative_to(ROOT)))
    assert set(found) <= {"resolvers/credential_failure.py", "resolvers/retention.py"}


# The schema's conventions

SCHEMA = build_schema()._schema
OWN = [kind for name, kind in SCHEMA.type_map.items() if not name.startswith("__")]
SCALARS = {"String", "Boolean", "Int", "Float", "ID"}


def test_everything_is_described() -> None:
    bare = [kind.name for kind in OWN if not kind.description and kind.name not in SCALARS | {"Query", "Mutation"}]
    for kind in OWN:
        if is_enum_type(kind):
            bare += [f"{kind.name}.{name}" for name, value in kind.values.items() if not value.description]
        if is_object_type(kind) or is_interface_type(kind) or is_input_object_type(kind):
            for name, field in kind.fields.items():
                if not field.description:
                    bare.append(f"{kind.name}.{name}")
                for argument, given in getattr(field, "args", {}).items():
                    described = given.description or get_named_type(given.type).description
                    if not described:
                        bare.append(f"{kind.name}.{name}({argument})")
    bare += [f"@{one.name}" for one in SCHEMA.directives if not is_specified_directive(one) and not one.description]
    assert bare == []


def test_mutations_take_one_input_and_give_a_payload_with_errors() -> None:
    wrong = []
    for name, field in SCHEMA.mutation_type.fields.items():
        capital = name[0].upper() + name[1:]
        [argument] = field.args.items() if len(field.args) == 1 else [("", None)]
        shape_is_right = (
            argument[0] == "input" and is_required_argument(argument[1]) and get_named_type(argument[1].type).name == f"{capital}Input"
            and is_non_null_type(field.type) and field.type.of_type.name == f"{capital}Payload"
        )
        if not shape_is_right or not _errors_are_right(field.type.of_type, capital):
            wrong.append(name)
    assert wrong == []


def _errors_are_right(payload: object, capital: str) -> bool:
    """``errors: [XError!]!``, an error with a message, a field and a code of its own; the changed objects nullable."""
    errors = payload.fields["errors"].type  # type: ignore[attr-defined]
    kind = get_named_type(errors)
    is_list = is_non_null_type(errors) and is_list_type(errors.of_type) and is_non_null_type(errors.of_type.of_type)
    others = [field for name, field in payload.fields.items() if name != "errors"]  # type: ignore[attr-defined]
    objects_are_nullable = all(
        not is_non_null_type(field.type) for field in others if is_object_type(get_named_type(field.type)) and not is_list_type(getattr(field.type, "of_type", None)))
    return (is_list and kind.name == f"{capital}Error" and "UserError" in {one.name for one in kind.interfaces}
            and {"message", "field", "code"} <= set(kind.fields) and is_enum_type(get_named_type(kind.fields["code"].type))
            and objects_are_nullable)


def test_ids_are_of_things_that_node_finds() -> None:
    """Only what `node(id:)` finds has an ``id``; the nodes of a tree have a ``nodeId``, options a ``value``."""
    with_id = {kind.name for kind in OWN if is_object_type(kind) and "id" in kind.fields}
    nodes = {kind.name for kind in SCHEMA.get_possible_types(SCHEMA.type_map["Node"])}
    # the caller, who is a user or a service account; notes, whose ids are unique but which live in their walk
    assert with_id == nodes | {"Viewer", "WalkNote"}


def test_moments_end_in_at_and_are_date_times() -> None:
    wrong = [f"{kind.name}.{name}" for kind in OWN if is_object_type(kind) for name, field in kind.fields.items()
             if name.endswith("At") and get_named_type(field.type).name != "DateTime"]
    assert wrong == []


def test_lists_that_grow_are_connections() -> None:
    """What takes ``first`` and ``after`` gives edges, nodes, a page's place and a count."""
    for kind in OWN:
        if is_object_type(kind):
            for name, field in kind.fields.items():
                if {"first", "after"} <= set(field.args):
                    assert {"edges", "nodes", "pageInfo", "totalCount"} <= set(get_named_type(field.type).fields), f"{kind.name}.{name}"


def test_root_queries_are_nullable_but_for_the_caller() -> None:
    """A refused field must not take its neighbours with it."""
    strict = {name for name, field in SCHEMA.query_type.fields.items() if is_non_null_type(field.type)}
    assert strict <= {"viewer", "account"}
