"""Tools that people generate clients with accept the schema and the contract, and what they generate really walks."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.clients.conftest import call
from tests.docs.recipes import blocks


def test_typescript_walks(workshop: Path, node_modules: Path, server: dict[str, str]) -> None:
    call(str(node_modules / ".bin" / "graphql-codegen"), "--config", "codegen.ts", cwd=workshop)
    call(str(node_modules / ".bin" / "tsc"), "--project", "tsconfig.json", cwd=workshop)
    walked = json.loads(call("node", "dist/walk.js", cwd=workshop, **server))
    assert walked["status"] == "ESCALATED"
    assert walked["last"] in {"ResolvedNode", "EscalateNode"}
    assert walked["steps"] >= 2


def test_schema_follows_the_linter(workshop: Path, node_modules: Path) -> None:
    assert call(str(node_modules / ".bin" / "eslint"), "schema.graphql", cwd=workshop) == ""


def test_the_linter_would_speak(workshop: Path, node_modules: Path) -> None:
    """The rules are on: an undescribed type that nothing reaches is reported twice."""
    good = (workshop / "schema.graphql").read_text()
    (workshop / "schema.graphql").write_text(good + "\ntype lost { code: String }\n")
    try:
        call(str(node_modules / ".bin" / "eslint"), "schema.graphql", cwd=workshop)
    except AssertionError as found:
        assert "no-unreachable-types" in str(found)
        assert "require-description" in str(found)
    else:
        raise AssertionError("nothing was reported")
    finally:
        (workshop / "schema.graphql").write_text(good)


def relay_source(text: str) -> str:
    """The same operations under the names that Relay demands: module first, kind of operation last."""
    text = re.sub(r"#.*", "", text)
    text = re.sub(r"\b(query|mutation) (\w+)", lambda found: f"{found[1]} operations{found[2]}{found[1].capitalize()}", text)
    text = re.sub(r"\bfragment (\w+) on", r"fragment operations_\1 on", text)
    text = re.sub(r"\.\.\.(\w+)", r"...operations_\1", text)
    parts = re.split(r"\n(?=query|mutation|fragment)", text)
    return "\n".join(f"graphql`{part}`;" for part in parts if part.strip())


def test_relay_compiles(workshop: Path, node_modules: Path) -> None:
    documents = sorted((workshop / "documents").glob("*.graphql"))
    source = "\n".join(relay_source(one.read_text()) for one in documents)
    (workshop / "relay" / "operations.ts").write_text('import { graphql } from "relay-runtime";\n' + source)
    call(str(node_modules / ".bin" / "relay-compiler"), cwd=workshop)
    made = {one.name for one in (workshop / "relay" / "__generated__").glob("*Mutation.graphql.ts")}
    assert "operationsClientAnswerMutation.graphql.ts" in made


def test_python_walks(workshop: Path, ariadne_python: Path, server: dict[str, str]) -> None:
    call(str(ariadne_python.with_name("ariadne-codegen")), "--config", "ariadne.toml", cwd=workshop)
    program = blocks("docs/script.md", "python")[1].text
    (workshop / "walk.py").write_text(program)
    steps, last, status = call(str(ariadne_python), "walk.py", cwd=workshop, **server).split()
    assert (int(steps) >= 2, last in {"ResolvedNode", "EscalateNode"}, status) == (True, True, "ESCALATED")


def test_recipe_shows_the_settings_we_use() -> None:
    [toml] = blocks("docs/script.md", "toml")
    assert toml.text == (Path(__file__).parent / "ariadne.toml").read_text()


def test_contract_was_really_among_them(workshop: Path, contracts: dict[str, str]) -> None:
    """Guards the others against an empty folder: every contract file is there, unmodified."""
    for name, text in contracts.items():
        assert (workshop / "documents" / f"{name}.graphql").read_text() == text
