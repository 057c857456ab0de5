"""Every job there is, with how often it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from integrations.mail import Mailer
from jobs import deliveries, expiry, retention
from jobs.runner import Job
from resolvers.context import Services

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class JobOptions:
    """What the jobs need beside the database; filled from the settings by whoever starts them."""

    mailer: Mailer
    ai_record_days: int = 90
    delivery_interval: float = 5.0


def catalogue(services: Services, options: JobOptions) -> list[Job]:
    """The jobs of a process."""
    kept = timedelta(days=options.ai_record_days)
    return [
        Job("expiry", HOUR, lambda: expiry.run(services.db, _now())),
        Job("deliveries", options.delivery_interval, partial(deliveries.run, services.db, options.mailer, _now)),
        Job("retention", HOUR, lambda: retention.run(services.db, _now(), kept)),
    ]


def _now() -> datetime:
    return datetime.now(UTC)
