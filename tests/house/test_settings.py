"""Settings: the names outsiders rely on, refusals that name the remedy, and who may have development tokens."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import settings
from settings import Settings, SettingsError, describe, development_secret, read_settings

ROOT = Path(settings.__file__).parent
SECRET = "0123456789abcdef-kept-secret"
JWKS = {"AUTH_JWKS_URL": "https://id.example/keys", "AUTH_ISSUER": "https://id.example", "AUTH_AUDIENCE": "handrail"}
RELIED_ON = """
HOST PORT DATABASE_URL DATABASE_OWNER_URL DATABASE_DIRECT_URL DATABASE_REPLICA_URL HANDRAIL_DATA_DIR AUTH_ISSUER
AUTH_AUDIENCE AUTH_JWKS_URL AUTH_ACCOUNT_CLAIM AUTH_DEV_SECRET HANDRAIL_ENV ALLOWED_ORIGINS PG_BIN_DIR LLM_MODEL
LLM_SMALL_MODEL LLM_API_BASE LLM_API_KEY LLM_FALLBACK_MODELS LLM_STEP_TIMEOUT
""".split()


def read(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_defaults() -> None:
    found = read_settings()
    assert (found.host, found.port, found.handrail_data_dir) == ("127.0.0.1", 8000, ROOT / ".data")
    assert (found.request_timeout, found.body_limit, found.db_pool_timeout) == (8, 1_000_000, 3)
    assert found.database_url is None
    assert found.ai_speculation is False
    assert found.development_tokens


@pytest.mark.parametrize("name", RELIED_ON)
def test_names_are_as_promised(name: str) -> None:
    assert name.lower() in Settings.model_fields
    assert sum(line.split()[0] == name for line in describe().splitlines()) == 1


def test_every_setting_says_what_it_is() -> None:
    assert len(describe().splitlines()) == len(Settings.model_fields)
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PORT", "http", "valid integer"),
        ("PORT", "65536", "less than or equal to 65535"),
        ("HANDRAIL_ENV", "prod", "'local', 'development' or 'production'"),
        ("DATABASE_URL", "mysql://u:p4ssw0rd@h/x", "postgresql://user:password@host:5432/name"),
        ("DATABASE_OWNER_URL", "p4ssw0rd", "postgresql://user:password@host:5432/name"),
        ("AUTH_DEV_SECRET", "p4ssw0rd", "at least 16 characters"),
        ("ALLOWED_ORIGINS", "https://a.example, b.example", "https://app.example"),
        ("LLM_STEP_TIMEOUT", "0", "greater than 0"),
        ("EMBEDDINGS", "yes", "'auto', 'off', 'local', 'local-large' or 'provider'"),
        ("AI_SPECULATION", "perhaps", "boolean"),
        ("DB_POOL_SIZE", "0", "greater than or equal to 1"),
    ],
)
def test_wrong_values_are_named_and_never_echoed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(monkeypatch, **{name: value})
    assert len(refusal.value.problems) == 1
    assert refusal.value.problems[0].startswith(name)
    assert reason in str(refusal.value)
    assert "p4ssw0rd" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_all_problems_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(monkeypatch, PORT="x", EMBEDDINGS="y", BODY_LIMIT="z")
    assert [one.split()[0] for one in refusal.value.problems] == ["PORT", "BODY_LIMIT", "EMBEDDINGS"]


def test_empty_means_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, DATABASE_URL="", PORT="").port == 8000


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, ALLOWED_ORIGINS="https://a.example, http://b.example:81 ,", LLM_FALLBACK_MODELS="x")
    assert found.allowed_origins == ("https://a.example", "http://b.example:81")
    assert found.llm_fallback_models == ("x",)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(
        monkeypatch, AUTH_DEV_SECRET=SECRET, LLM_API_KEY=SECRET, DATABASE_URL=f"postgresql://u:{SECRET}@h/x", PORT="81"
    )
    assert SECRET not in describe(found) + repr(found)
    assert describe(found).count("[now (set)]") == 3
    assert "[now 81]" in describe(found)


@pytest.mark.parametrize(
    ("values", "tokens"),
    [
        ({}, True),
        ({"HANDRAIL_ENV": "development"}, True),
        ({"HANDRAIL_ENV": "development", "HOST": "0.0.0.0"}, True),
        ({"HANDRAIL_ENV": "development", "AUTH_DEV_SECRET": SECRET, **JWKS}, True),
        ({"HOST": "::1"}, True),
        ({"HOST": "127.8.9.1"}, True),
        ({"HOST": "localhost", "AUTH_DEV_SECRET": SECRET}, True),
        (JWKS, False),
        ({"HOST": "0.0.0.0", **JWKS}, False),
        ({"HANDRAIL_ENV": "production"}, False),
        ({"HANDRAIL_ENV": "production", "AUTH_DEV_SECRET": SECRET}, True),
        ({"HANDRAIL_ENV": "production", "HOST": "0.0.0.0"}, False),
    ],
)
def test_who_takes_development_tokens(monkeypatch: pytest.MonkeyPatch, values: dict[str, str], tokens: bool) -> None:
    assert read(monkeypatch, **values).development_tokens is tokens


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"HOST": "0.0.0.0"}, "HOST: "),
        ({"HOST": "::"}, "HOST: "),
        ({"HOST": "handrail.example"}, "HOST: "),
        ({"HOST": "0.0.0.0", "AUTH_DEV_SECRET": SECRET}, "HOST: "),
        ({"HANDRAIL_ENV": "production", "HOST": "10.0.0.1", "AUTH_DEV_SECRET": SECRET}, "HOST: "),
        ({"AUTH_DEV_SECRET": SECRET, **JWKS}, "AUTH_DEV_SECRET: "),
        ({"HANDRAIL_ENV": "production", "AUTH_DEV_SECRET": SECRET, **JWKS}, "AUTH_DEV_SECRET: "),
        ({"AUTH_JWKS_URL": JWKS["AUTH_JWKS_URL"], "AUTH_ISSUER": "x"}, "AUTH_AUDIENCE: "),
        ({**JWKS, "AUTH_JWKS_URL": "http://id.example/keys"}, "AUTH_JWKS_URL: "),
        ({"AUTH_CLIENT_ID": "handrail-pages"}, "AUTH_CLIENT_ID: "),
        ({"EMBEDDINGS": "provider"}, "LLM_EMBEDDING_MODEL: "),
    ],
)
def test_dangerous_combinations_are_refused(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], problem: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(monkeypatch, **values)
    assert any(one.startswith(problem) for one in refusal.value.problems)
    assert SECRET not in str(refusal.value)


def test_development_secret_is_made_once_and_private(tmp_path: Path) -> None:
    home = tmp_path / "data"
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: development_secret(home), range(8)))
    assert len(found) == 1
    assert len(found.pop()) >= 43
    assert [one.name for one in home.iterdir()] == [settings.DEVELOPMENT_SECRET_FILE]
    assert stat.S_IMODE((home / settings.DEVELOPMENT_SECRET_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_development_secret_others_can_read_is_refused(tmp_path: Path) -> None:
    development_secret(tmp_path)
    (tmp_path / settings.DEVELOPMENT_SECRET_FILE).chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        development_secret(tmp_path)


def test_two_installations_have_two_secrets(tmp_path: Path) -> None:
    assert development_secret(tmp_path / "a") != development_secret(tmp_path / "b")


def test_given_secret_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = read(monkeypatch, AUTH_DEV_SECRET=SECRET, HANDRAIL_DATA_DIR=str(tmp_path / "unused"))
    assert found.dev_secret() == SECRET
    assert not (tmp_path / "unused").exists()


def test_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    settings.current.cache_clear()
    first = settings.current()
    monkeypatch.setenv("PORT", "81")
    assert settings.current() is first
    settings.current.cache_clear()


@pytest.mark.parametrize("command", [["server.py"], ["-m", "cli", "migrate"]])
def test_commands_refuse_without_a_traceback(command: list[str], tmp_path: Path) -> None:
    environment = {**os.environ, "PORT": "p4ssw0rd", "HANDRAIL_DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode in {1, 2}, said
    assert "PORT should be a valid integer" in said
    assert "Traceback" not in said
    assert "p4ssw0rd" not in said
    assert not (tmp_path / "data").exists()
