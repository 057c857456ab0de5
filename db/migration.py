"""Migrations through Alembic's Python interface."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import URL

ROOT = Path(__file__).resolve().parent.parent


def alembic_config(owner_url: str | URL) -> Config:
    """Alembic's configuration for one database, independent of the working directory."""
    config = Config(str(ROOT / "alembic.ini"))
    config.attributes["url"] = owner_url
    return config


def upgrade(owner_url: str | URL, revision: str = "head") -> None:
    """Migrate to ``revision``. Blocking: call it from a thread when an event loop runs."""
    command.upgrade(alembic_config(owner_url), revision)


def downgrade(owner_url: str | URL, revision: str) -> None:
    """Migrate back to ``revision``. Blocking."""
    command.downgrade(alembic_config(owner_url), revision)


def check(owner_url: str | URL) -> None:
    """Raise ``alembic.util.CommandError`` when models and database differ."""
    command.check(alembic_config(owner_url))
