"""Imports go one way; design and reasons in docs/adr/0001-layout.md."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.checkout import OUR_PACKAGES, ROOT, imported_names, product_files, python_files

# Pure libraries that `domain` may use; each needs a reason beside it.
AGREED_IN_DOMAIN = {
    "yaml",  # imported flows: its event parser alone, which builds no objects
    "markdown_it",  # imported runbooks, and which Markdown a text may hold
}
HEAVY = ("litellm", "onnxruntime", "numpy", "tokenizers", "openai")


def test_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_a_broken_contract_is_noticed(tmp_path: Path) -> None:
    """The contracts are really read: with the layers turned round they fail."""
    config = (ROOT / "pyproject.toml").read_text()
    layers = 'layers = ["web | jobs", "schema", "resolvers", "integrations | db", "domain"]'
    assert layers in config
    turned = tmp_path / "turned.toml"
    turned.write_text(config.replace(layers, 'layers = ["domain", "db", "resolvers"]'))
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", str(turned)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "1 broken" in done.stdout


def test_every_package_is_under_contract() -> None:
    packages = {one.parts[0] for one in product_files() if len(one.parts) > 1}
    assert packages <= set(OUR_PACKAGES)
    assert all((ROOT / name / "__init__.py").is_file() for name in OUR_PACKAGES)


def test_domain_knows_only_itself_and_the_standard_library() -> None:
    allowed = {"domain", *sys.stdlib_module_names, *AGREED_IN_DOMAIN}
    found = [
        f"{path}:{line} imports {name}"
        for path in python_files("domain")
        for line, name in imported_names(path)
        if name.split(".")[0] not in allowed
    ]
    assert found == []


def test_resolvers_take_only_the_dataloader_from_strawberry() -> None:
    found = [
        f"{path}:{line} imports {name}"
        for path in python_files("resolvers", "jobs")
        for line, name in imported_names(path)
        if name.split(".")[0] == "strawberry" and name != "strawberry.dataloader"
    ]
    assert found == []


def test_domain_has_no_clock_and_no_chance() -> None:
    """Times and random ids come in as arguments, so that every rule can be tested to the letter."""
    banned = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"), ("time", "monotonic")}
    banned |= {("uuid", "uuid4"), ("secrets", "token_hex"), ("random", "random"), ("random", "choice")}
    found = [
        f"{path}:{node.lineno} calls {node.func.value.id}.{node.func.attr}"
        for path in python_files("domain")
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in banned
    ]
    assert found == []


def test_only_settings_read_the_environment() -> None:
    """Setting a variable for a library is allowed (`os.environ.setdefault`); reading one is not."""
    found = []
    for path in product_files():
        if path == Path("settings.py"):
            continue
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if _reads_environment(node):
                found.append(f"{path}:{node.lineno}")
    assert found == []


def _reads_environment(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and node.attr in {"getenv", "getenvb", "environb"}:
        return isinstance(node.value, ast.Name) and node.value.id == "os"
    if isinstance(node, ast.ImportFrom) and node.module == "os":
        return any(alias.name in {"environ", "getenv", "environb"} for alias in node.names)
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        return _is_environ(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _is_environ(node.func.value) and node.func.attr != "setdefault"
    return isinstance(node, (ast.For, ast.comprehension)) and _is_environ(node.iter)


def _is_environ(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "environ"


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ('os.environ["A"]', True),
        ('os.environ.get("A")', True),
        ('os.getenv("A")', True),
        ("from os import environ", True),
        ("[one for one in os.environ]", True),
        ('os.environ["A"] = "b"', False),
        ('os.environ.setdefault("A", "b")', False),
    ],
)
def test_what_counts_as_reading(text: str, reads: bool) -> None:
    assert any(_reads_environment(node) for node in ast.walk(ast.parse(text))) is reads


def test_importing_the_server_loads_nothing_heavy() -> None:
    """litellm alone takes seconds and 176 MB; a process that does not build never pays for it."""
    code = f"import server, sys; print([one for one in {HEAVY!r} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
