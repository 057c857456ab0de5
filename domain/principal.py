"""Who is calling: a user with a role, a service account with scopes, or the operator at the machine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    ENGINEER = "engineer"
    L1_TECH = "l1_tech"
    VIEWER = "viewer"


class Scope(StrEnum):
    READ = "read"
    INTAKE = "intake"
    WALK = "walk"
    ESCALATE = "escalate"
    FLOWS = "flows"
    SETTINGS = "settings"


class ActorKind(StrEnum):
    USER = "user"
    SERVICE_ACCOUNT = "service_account"


L1_COVERAGE = "l1_coverage"


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of one request, as the database knew it when the request began."""

    account_id: UUID
    kind: ActorKind
    id: UUID
    name: str
    role: Role | None = None
    can_cover_l1: bool = False
    scopes: frozenset[Scope] = frozenset()
    is_operator: bool = False  # a command that is run at the machine; no credential leads here
