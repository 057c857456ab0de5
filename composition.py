"""What the server and the operator's commands both put together from the settings."""

from __future__ import annotations

from dataclasses import replace

from integrations.llm import LlmSettings, ModelClient, model_client, preload
from integrations.local_llm import start_local_llm
from integrations.mail import make_mailer
from jobs.catalogue import JobOptions, catalogue
from jobs.runner import Job
from resolvers.context import Services
from settings import Settings

LOCAL_STEP_SECONDS = 30.0  # a model in this machine's memory takes 1 to 2 s a call when idle, 3 to 7 when it is not


def begin_loading(settings: Settings) -> None:
    """Load litellm beside the start of the database: seconds in a thread, where generation will run only."""
    if settings.llm_model or settings.handrail_local_llm:
        preload()


def model_of(settings: Settings) -> ModelClient:
    """The way to models. Raises ``LocalLlmUnavailable`` when the local one is wanted and not installed."""
    given = LlmSettings(
        settings.llm_model, settings.llm_small_model, settings.llm_api_base,
        settings.llm_api_key.get_secret_value() if settings.llm_api_key else None, settings.llm_fallback_models,
        settings.llm_step_timeout, settings.llm_embedding_model,
    )
    if not settings.handrail_local_llm:
        return model_client(given)
    is_set = "llm_step_timeout" in settings.model_fields_set
    patient = given if is_set else replace(given, step_timeout=LOCAL_STEP_SECONDS)
    return model_client(start_local_llm().settings(patient))


def jobs_of(settings: Settings, services: Services) -> list[Job]:
    """Every background job of this installation."""
    mailer = make_mailer(settings.smtp_url, settings.mail_from, must_send=settings.is_production)
    return catalogue(services, JobOptions(mailer, settings.ai_record_days))
