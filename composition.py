"""What the server and the operator's commands both put together from the settings."""

from __future__ import annotations

from integrations.mail import make_mailer
from jobs.catalogue import JobOptions, catalogue
from jobs.runner import Job
from resolvers.context import Services
from settings import Settings


def jobs_of(settings: Settings, services: Services) -> list[Job]:
    """Every background job of this installation."""
    mailer = make_mailer(settings.smtp_url, settings.mail_from, must_send=settings.is_production)
    return catalogue(services, JobOptions(mailer, settings.ai_record_days))
