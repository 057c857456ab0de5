"""The account's learnt map (`integrations/account_metric.py`), kept in the process by its revision."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from uuid import UUID
from weakref import WeakKeyDictionary

from db.engine import Database
from db.queries import flow_metric
from db.queries.matching import Asked
from integrations import account_metric
from integrations.account_metric import AccountMetric

MOST_KEPT_BYTES = 64_000_000  # about a hundred accounts with the small local model, a dozen with the large one

_Key = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class Held:
    """A map and its revision; without a map vectors stay as they are."""

    revision: int
    metric: AccountMetric | None

    @property
    def bytes(self) -> int:
        """What it takes in memory."""
        return 0 if self.metric is None else 4 * self.metric.size**2

    def mapped(self, asked: Asked) -> Asked:
        """The question as it is to be compared."""
        if self.metric is None or self.metric.size != len(asked.vector):
            return asked
        return replace(asked, vector=self.metric(asked.vector))


_NONE = Held(0, None)
_kept: WeakKeyDictionary[Database, OrderedDict[_Key, Held]] = WeakKeyDictionary()


def held(db: Database, account_id: UUID, model: str) -> Held:
    """What this process has, perhaps of an older revision than the database."""
    kept = _kept.setdefault(db, OrderedDict())
    key = (account_id, model)
    if key in kept:
        kept.move_to_end(key)
    return kept.get(key, _NONE)


async def load(db: Database, account_id: UUID, model: str) -> Held:
    """Read the present one and keep it."""
    async with db.read(account_id) as connection:
        revision, stored = await flow_metric.load(connection, account_id, model)
    usable = stored if account_metric.can_learn() else None
    found = Held(revision, AccountMetric(usable) if usable else None)
    kept = _kept.setdefault(db, OrderedDict())
    kept[account_id, model] = found
    while len(kept) > 1 and sum(one.bytes for one in kept.values()) > MOST_KEPT_BYTES:
        kept.popitem(last=False)
    return found
