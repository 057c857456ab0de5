"""What one operation carries with it: its caller, the database's doors, its loaders."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from db.engine import Database
from db.listener import Listener
from domain.principal import Principal
from integrations.embedder import Embedder, NoEmbedder
from integrations.llm import ModelClient, UnconfiguredClient
from resolvers.background import TaskPool

if TYPE_CHECKING:
    from resolvers.loaders import Loaders

REPLY_SHARE = 0.05  # of a step's time: for reading what is answered with
AI_SHARE = 0.5  # of it, at least


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """The caller's account as its look-up found it."""

    id: UUID
    slug: str
    name: str
    enabled_categories: tuple[str, ...]
    escalation_addresses: tuple[str, ...]
    seat_limits: dict[str, int | None]
    ai_enabled: bool
    ai_speculation: bool
    ai_calls_per_day: int
    ai_calls_per_user_day: int
    ai_usd_per_day: Decimal
    ai_usd_per_user_day: Decimal


@dataclass(slots=True)
class Services:
    """Long-lived things of the process that commands need beside the database."""

    db: Database
    model: ModelClient = field(default_factory=UnconfiguredClient)
    embedder: Embedder = field(default_factory=lambda: NoEmbedder("no embedder was chosen"))
    background: TaskPool = field(default_factory=TaskPool)
    listener: Listener = field(default_factory=Listener)
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class Context:
    """One per HTTP request. Holds no connection: every resolver and loader batch opens its own."""

    services: Services
    principal: Principal
    account: AccountSettings
    request_id: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    extend_deadline: Callable[[float], None] = lambda _seconds: None
    document_memo: dict[Any, Any] | None = None  # of the executor; lives with the document
    started: float = field(default_factory=time.monotonic)
    model_seconds: float = 0.0  # waited for classifications
    _ai_ends: float | None = None

    @property
    def db(self) -> Database:
        return self.services.db

    @property
    def account_id(self) -> UUID:
        return self.principal.account_id

    def ai_deadline(self, seconds: float) -> float:
        """When this request's work with models must be over (monotonic clock), fixed at its first use.

        The reply comes within ``seconds`` of the request's arrival. On a machine so busy that half of that is gone by
        now, half is left all the same: a model is asked, and the reply comes later.
        """
        if self._ai_ends is None:
            wanted = self.started + seconds * (1 - REPLY_SHARE)
            self._ai_ends = max(wanted, time.monotonic() + seconds * AI_SHARE)
        return self._ai_ends

    @property
    def own_seconds(self) -> float:
        """What this request has taken so far without models: how busy this machine is."""
        return time.monotonic() - self.started - self.model_seconds

    @cached_property
    def loaders(self) -> Loaders:
        from resolvers.loaders import Loaders

        return Loaders(self)
