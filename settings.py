"""Typed settings, read once from the environment: the only place in the project that reads it.

The name of a setting is the name of its field in capitals. An empty variable counts as not set. A wrong value is
refused with the name and the remedy, and never echoed: it may be a secret typed into the wrong line.
Outsiders rely on these names; `python -m cli settings` lists them from this file, so nothing else repeats them.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
DEVELOPMENT_SECRET_FILE = "development-secret"  # noqa: S105  # its name, not its content
MINIMUM_SECRET_LENGTH = 16
DATABASE_SCHEMES = ("postgresql", "postgres", "postgresql+asyncpg")

Names = Annotated[tuple[str, ...], NoDecode]
Port = Annotated[int, Field(ge=0, le=65535)]
PerMinute = Annotated[int, Field(ge=1, le=1_000_000)]
Seconds = Annotated[float, Field(gt=0, le=3600)]


class Environment(StrEnum):
    """How guarded the server is: `local` is one person's machine, the other two are said on purpose."""

    LOCAL = "local"
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Embeddings(StrEnum):
    """Where the vectors of the matcher come from; `auto` takes the best that is installed and configured."""

    AUTO = "auto"
    OFF = "off"
    LOCAL = "local"
    LOCAL_LARGE = "local-large"
    PROVIDER = "provider"


class SettingsError(Exception):
    """One or more settings cannot be used; the text names each and says what to do."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("Handrail cannot start with these settings:\n" + "\n".join(f"  - {one}" for one in problems))


class Settings(BaseSettings):
    """Every setting with its default; seconds and bytes where not said otherwise."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, extra="ignore")

    handrail_env: Environment = Field(
        default=Environment.LOCAL,
        description="local, development (development tokens may meet other hosts) or production",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="address the server listens on")
    port: Port = Field(default=8000, description="port the server listens on (0: any free one)")
    handrail_data_dir: Path = Field(
        default=ROOT / ".data", description="folder of the embedded database and the development secret"
    )
    log_level: str = Field(
        default="info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error"
    )
    allowed_origins: Names = Field(default=(), description="browser origins allowed by CORS, separated by commas")

    database_url: str | None = Field(
        default=None, repr=False, description="PostgreSQL 15 or later that serves; unset: the embedded server"
    )
    database_owner_url: str | None = Field(default=None, repr=False, description="the same, as its owner: migrations")
    database_direct_url: str | None = Field(default=None, repr=False, description="the same past a pooler, for LISTEN")
    database_replica_url: str | None = Field(default=None, repr=False, description="a read replica")
    pg_bin_dir: Path | None = Field(
        default=None, description="folder with initdb and postgres, instead of the installed wheel's"
    )
    db_pool_size: int = Field(default=10, ge=1, le=500, description="database connections a process keeps")
    db_pool_timeout: Seconds = Field(default=3, description="seconds a request waits for a connection")

    auth_issuer: str | None = Field(default=None, description="expected `iss` of tokens")
    auth_audience: str | None = Field(default=None, description="expected `aud` of tokens")
    auth_jwks_url: str | None = Field(default=None, description="where the issuer publishes its signing keys")
    auth_client_id: str | None = Field(default=None, description="public OIDC client of the pages; unset: paste one")
    auth_client_scopes: str = Field(default="openid profile email", min_length=1, description="asked for by the pages")
    auth_account_claim: str = Field(default="account_id", min_length=1, description="claim that names the account")
    auth_dev_secret: SecretStr | None = Field(
        default=None, description="signs development tokens; unset: generated in the data folder"
    )

    request_timeout: Seconds = Field(default=8, description="seconds a request may take; with a model LLM_STEP_TIMEOUT")
    intake_per_minute: PerMinute = Field(default=3_000, description="intakes of one caller in a minute")
    suggest_flows_per_minute: PerMinute = Field(default=1_200, description="suggestFlows of one caller in a minute")
    next_node_per_minute: PerMinute = Field(default=600, description="AI nodes of one caller in a minute")
    query_plans: bool = Field(default=True, description="kept plans for plain selections (off: graphql-core alone)")
    body_limit: int = Field(default=1_000_000, ge=1_000, description="largest request body in bytes")

    smtp_url: str | None = Field(
        default=None, repr=False, description="mail server, smtp:// or smtps://; unset: mail is only logged"
    )
    mail_from: str = Field(default="handrail@localhost", pattern=r"^[^@\s]+@[^@\s]+$", description="sender of mail")
    background_jobs: bool = Field(
        default=True, description="run the background jobs in the server too (off: only in `python -m cli worker`)"
    )

    llm_model: str | None = Field(default=None, description="model that builds walks, as litellm names it; unset: none")
    llm_small_model: str | None = Field(default=None, description="cheaper model that classifies; unset: LLM_MODEL")
    llm_embedding_model: str | None = Field(default=None, description="model for EMBEDDINGS=provider")
    llm_api_base: str | None = Field(default=None, description="address of an OpenAI-compatible server")
    llm_api_key: SecretStr | None = Field(default=None, description="key for it; unset: the provider's own variable")
    llm_fallback_models: Names = Field(default=(), description="models tried next, in order, separated by commas")
    llm_step_timeout: Seconds = Field(default=12, description="seconds one AI step may take in all")
    handrail_local_llm: bool = Field(default=False, description="build with the small local model of [local-llm]")
    ai_speculation: bool = Field(default=False, description="generate the likeliest next node while one is read")
    ai_record_days: int = Field(default=90, ge=1, le=3650, description="days the raw records of AI calls are kept")
    embeddings: Embeddings = Field(
        default=Embeddings.AUTO, description="vectors for matching: auto, off, local, local-large or provider"
    )

    @field_validator("allowed_origins", "llm_fallback_models", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(filter(None, (one.strip() for one in value.split(",")))) if isinstance(value, str) else value

    @field_validator("handrail_data_dir", "pg_bin_dir")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value if value is None else value.expanduser().absolute()

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(urlsplit(one).scheme not in {"http", "https"} or urlsplit(one).path for one in value):
            message = "must be origins like https://app.example, without a path"
            raise ValueError(message)
        return value

    @field_validator("database_url", "database_owner_url", "database_direct_url", "database_replica_url")
    @classmethod
    def _database(cls, value: str | None) -> str | None:
        if value is not None and value.partition("://")[0] not in DATABASE_SCHEMES:
            message = "must be an address like postgresql://user:password@host:5432/name"
            raise ValueError(message)
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).scheme not in {"smtp", "smtps"} or not urlsplit(value).hostname):
            message = "must be an address like smtp://user:password@host:587 or smtps://host"
            raise ValueError(message)
        return value

    @field_validator("auth_dev_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < MINIMUM_SECRET_LENGTH:
            message = f"must have at least {MINIMUM_SECRET_LENGTH} characters; leave it unset to have one generated"
            raise ValueError(message)
        return value

    @property
    def is_production(self) -> bool:
        """True when exploring and introspection need a permission."""
        return self.handrail_env is Environment.PRODUCTION

    @property
    def listens_on_loopback(self) -> bool:
        """True when only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def development_tokens(self) -> bool:
        """True when tokens signed with the development secret are accepted.

        The secret itself or `development` asks for them; otherwise only a `local` server without an issuer takes them.
        """
        if self.auth_dev_secret is not None or self.handrail_env is Environment.DEVELOPMENT:
            return True
        return self.handrail_env is Environment.LOCAL and self.auth_jwks_url is None

    def dev_secret(self) -> str:
        """The development secret, generated on first use; ask only when `development_tokens`."""
        given = self.auth_dev_secret
        return given.get_secret_value() if given else development_secret(self.handrail_data_dir)


def development_secret(data_dir: Path) -> str:
    """Read the secret that signs development tokens, or make it: 256 bits, mode 0600, safe when two processes start."""
    path = data_dir / DEVELOPMENT_SECRET_FILE
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = data_dir / f".{DEVELOPMENT_SECRET_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(secrets.token_urlsafe(32))
        try:
            path.hardlink_to(draft)  # fails when another process was first: then its secret counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if path.stat().st_mode & 0o077:
        raise SettingsError([f"{path}: others can read the development secret; run `chmod 600` on it or delete it"])
    return path.read_text().strip()


def read_settings() -> Settings:
    """Read and check the environment afresh; raises SettingsError naming every wrong setting at once."""
    try:
        settings = Settings()
    except ValidationError as error:
        # no `from`: pydantic's own text holds the values
        raise SettingsError([_problem(one["loc"], one["msg"]) for one in error.errors()]) from None
    if problems := _conflicts(settings):
        raise SettingsError(problems)
    return settings


@cache
def current() -> Settings:
    """The settings of this process, read at the first call and never again."""
    return read_settings()


def describe(settings: Settings | None = None) -> str:
    """One line a setting: name, default, meaning; with `settings`, what is set now (secrets only as `(set)`)."""
    lines = []
    for name, field in Settings.model_fields.items():
        line = f"{name.upper():22} {_shown(field.default):12} {field.description}"
        value = getattr(settings, name, field.default)
        if value != field.default:
            hidden = not field.repr or isinstance(value, SecretStr)
            line += f"  [now {'(set)' if hidden else _shown(value)}]"
        lines.append(line)
    return "\n".join(lines)


def _shown(value: object) -> str:
    if isinstance(value, Path):
        return f"./{value.relative_to(ROOT)}" if value.is_relative_to(ROOT) else str(value)
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(value) or "(none)"
    return "(unset)" if value is None else str(value)


def _problem(location: tuple[int | str, ...], message: str) -> str:
    name = str(location[0])
    reason = message.removeprefix("Value error, ").removeprefix("Input ")
    return f"{name.upper()} {reason[0].lower() + reason[1:]} ({Settings.model_fields[name].description})"


def _conflicts(settings: Settings) -> list[str]:
    problems = []
    if settings.auth_jwks_url is not None:
        problems += _issuer_problems(settings)
    elif settings.auth_client_id is not None:
        problems.append("AUTH_CLIENT_ID: the pages' sign-in needs AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE too")
    if settings.development_tokens and settings.handrail_env is not Environment.DEVELOPMENT:
        remedy = "unset AUTH_DEV_SECRET, or say HANDRAIL_ENV=development if this is no production server"
        if settings.auth_jwks_url is not None:
            problems.append(f"AUTH_DEV_SECRET: development tokens must not stand beside AUTH_JWKS_URL; {remedy}")
        if not settings.listens_on_loopback:
            problems.append(
                "HOST: development tokens must not be reachable from other machines; keep HOST=127.0.0.1, or set "
                "AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE and unset AUTH_DEV_SECRET, or say "
                "HANDRAIL_ENV=development"
            )
    if settings.embeddings is Embeddings.PROVIDER and settings.llm_embedding_model is None:
        problems.append("LLM_EMBEDDING_MODEL: EMBEDDINGS=provider needs a model; name one, or say EMBEDDINGS=auto")
    return problems


def _issuer_problems(settings: Settings) -> list[str]:
    """A key set without issuer and audience would accept the tokens of every other application of that issuer."""
    problems = [
        f"{name.upper()}: needed with AUTH_JWKS_URL; set it to the value your identity provider puts into its tokens"
        for name in ("auth_issuer", "auth_audience")
        if getattr(settings, name) is None
    ]
    address = urlsplit(settings.auth_jwks_url or "")
    local = address.hostname in {"localhost", "127.0.0.1", "::1"} or settings.handrail_env is Environment.DEVELOPMENT
    if address.scheme != "https" and not (address.scheme == "http" and local):
        problems.append("AUTH_JWKS_URL: must be an https address (http only on this machine or in development)")
    return problems
