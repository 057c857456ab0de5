"""AI-built walks against the fault server: an application with a model, and shorthands of the walk."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from integrations.litellm_client import LiteLlmClient
from integrations.llm import LlmSettings
from tests.support.api import Api, Caller, open_api
from tests.support.fault_llm import QUESTION, FaultLlm

Session = dict[str, Any]
PROBLEM = "The printer on the second floor prints nothing but blank pages"
STEP_SECONDS = 2.0  # stands for the 12 of production


def model_of(fake: FaultLlm, **settings: Any) -> LiteLlmClient:
    """litellm in front of the fault server."""
    given = {"model": "fake", "api_base": fake.base_url, "api_key": "sk-test", "step_timeout": STEP_SECONDS, **settings}
    return LiteLlmClient(LlmSettings(**given))


@asynccontextmanager
async def open_ai_api(url: str, fake: FaultLlm, *accounts: str, **more: Any) -> AsyncIterator[Api]:
    """An application that builds with the fault server."""
    settings = {name: more.pop(name) for name in list(more) if name in LlmSettings.__slots__}
    async with open_api(url, *accounts, **more) as api:
        api.services.model = model_of(fake, **settings)
        try:
            yield api
        finally:
            await api.services.background.drain(5.0)


def numbered(body: dict[str, Any]) -> dict[str, Any]:
    """A writer for the fault server: every node asks something else, so that no two prompts are alike."""
    path = json.loads(body["messages"][1]["content"].splitlines()[1])["path"]
    return {**QUESTION, "text": f"Does light number {len(path) + 1} on the printer blink?",
            "options": [{"label": "It blinks"}, {"label": "It is dark"}]}


async def build(caller: Caller, problem: str = PROBLEM, **given: Any) -> Session:
    """The session of an AI-built walk that must begin."""
    outcome = (await caller.do("Build", problem=problem, **given))["outcome"]
    assert outcome["__typename"] == "WalkStarted", outcome
    assert outcome["reason"] == "BUILD"
    return await with_node(caller, outcome["session"])


def answering(session: Session, option: int = 0, **more: Any) -> dict[str, Any]:
    """The input that picks an option of the current node (or acknowledges it)."""
    node = session["currentNode"]
    answer = node["options"][option]["value"] if node.get("options") else "done"
    return {"sessionId": session["id"], "nodeId": node["nodeId"], "answer": answer,
            "expectedStep": session["step"], **more}


async def answer(caller: Caller, session: Session, option: int = 0, **more: Any) -> Session:
    """The session after an answer that must be taken."""
    return await with_node(caller, (await caller.do("AiAnswer", **answering(session, option, **more)))["session"])


async def with_node(caller: Caller, session: Session) -> Session:
    """As clients do: where a busy machine had no time left to store the node, it is asked for once more."""
    if session["status"] == "ACTIVE" and session["currentNode"] is None:
        return (await caller.do("AiNext", sessionId=session["id"]))["session"]
    return session


async def ai_seen(caller: Caller, session: Session) -> Session:
    """The session as the caller reads it now."""
    return (await caller.run("AiSeen", id=session["id"]))["walkSession"]


async def ai_records(caller: Caller, session: Session) -> list[dict[str, Any]]:
    return (await caller.run("AiRecords", id=session["id"]))["walkSession"]["aiRecords"]
