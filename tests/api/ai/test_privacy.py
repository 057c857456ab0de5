"""What a provider gets to see: in every kind of call and from every field, nothing of a customer, and no secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.embedder import ProviderEmbedder
from tests.support.ai_walks import answer, build, model_of, numbered
from tests.support.api import Api, Caller, Team
from tests.support.fault_llm import FaultLlm
from tests.support.private_texts import PRIVATE
from tests.support.trees import printer

CUSTOMER = {"customerName": "Marlene Haverkamp-Öztürk", "companyName": "Contoso Drachenbau GmbH",
            "customerContact": "Frau H., desk 12-B; +49 211 5550 4711; marlene@contoso.example",
            "companyExternalId": "CW-90817"}
NAMES = ("marlene", "haverkamp", "öztürk", "oeztuerk", "contoso", "drachenbau", "90817", "12-b", "5550", "4711")
CALLED = ("Marlene's printer, HAVERKAMP said, prints blank pages at contoso.", "Frau Haverkamps Drucker bei Drachenbau druckt nicht.",
          "L'imprimante de marlene haverkamp-öztürk (Contoso Drachenbau GmbH, cw-90817) n'imprime pas.")
BOUNDARY = re.compile("=====[A-Z]+-[0-9a-f]{24}=====")  # random: it may hold any digits
BATCHES = [PRIVATE[start:start + 12] for start in range(0, len(PRIVATE), 12)]


@pytest.fixture
def provider(api: Api, fake: FaultLlm) -> Iterator[FaultLlm]:
    """The fault server makes the vectors of the matcher too."""
    model, kept = model_of(fake, embedding_model="vectors"), api.services.embedder

    async def embed(texts: list[str]) -> list[list[float]] | None:
        return await model.embed(texts, 2.0)

    api.services.embedder = ProviderEmbedder("vectors", embed)
    fake.writer = numbered
    yield fake
    api.services.embedder = kept


def leaks(fake: FaultLlm, pieces: list[str]) -> list[str]:
    sent = BOUNDARY.sub("", json.dumps(fake.prompts, ensure_ascii=False)).casefold()
    return [piece for piece in pieces if piece.casefold() in sent]


async def walk_everywhere(team: Team, caller: Caller, text: str) -> dict[str, Any]:
    """A walk that has the text in every field a person can fill, through every kind of call."""
    await team.as_("admin").do("SetAi", isSpeculationEnabled=True)
    session = await build(caller, f"The printer prints blank pages. {text}", ticket={
        "externalId": "PSA-778899", "url": "https://psa.example/778899"}, **CUSTOMER)
    await caller.do("Notes", sessionId=session["id"], expectedNotesVersion=0, notes=[{"text": text}, {"text": f"x {text}"}])
    session = await answer(caller, session, note=text)
    session = await answer(caller, session, 1, note=f"then {text}")
    await team.api.services.background.drain(3.0)
    await caller.do("Abandon", sessionId=session["id"], reason="CUSTOMER_GONE")
    after = (await caller.do("AiContinue", sessionId=session["id"]))["session"]
    return await answer(caller, after, note=text)


@pytest.mark.parametrize("batch", range(len(BATCHES)))
async def test_no_secret_in_any_field_reaches_a_provider(
    api: Api, team: Team, provider: FaultLlm, batch: int
) -> None:
    provider.script = []
    await team.publish(printer(), title="Scanner", keywords=("scanner",))
    texts, pieces = zip(*BATCHES[batch], strict=True)
    await walk_everywhere(team, team.as_("l1"), ".\n".join(texts) + ".")
    purposes = {"embeddings" if "input" in body else body["response_format"]["json_schema"]["name"]
                for body in provider.prompts}
    assert purposes == {"embeddings", "classify", "node", "speculate"}
    assert leaks(provider, [piece for some in pieces for piece in some]) == []
    assert "the printer prints blank pages" in json.dumps(provider.prompts).casefold()


@pytest.mark.parametrize("text", CALLED)
async def test_no_name_of_a_customer_reaches_a_provider(
    api: Api, team: Team, provider: FaultLlm, text: str
) -> None:
    await team.publish(printer(), title="Scanner", keywords=("scanner",))
    session = await walk_everywhere(team, team.as_("l1"), text)
    ours = ["PSA-778899", "psa.example", team.slug, str(team.id), session["id"], "Lee Lone", "l1@", team.people["l1"].hex]
    assert leaks(provider, [*NAMES, *ours]) == []
    assert len(provider.prompts) >= 8


async def test_the_retry_repeats_nothing_either(team: Team, fake: FaultLlm) -> None:
    """A model that gives back what it was told, and is asked again with the finding."""
    fake.reset("good", "text:Call Marlene Haverkamp at +49 211 5550 4711 now.")
    fake.classify = "category"
    await build(team.as_("l1"), "Marlene Haverkamp cannot print, call +49 211 5550 4711", forceBuild=True, **CUSTOMER)
    assert [len(body["messages"]) for body in fake.prompts] == [2, 2, 3]
    assert leaks(fake, list(NAMES)) == []


async def test_the_rest_of_a_request_names_nobody(team: Team, fake: FaultLlm) -> None:
    await build(team.as_("l1"), "The printer prints blank pages", forceBuild=True, **CUSTOMER)
    seen = json.dumps([{**body, "messages": []} for body in fake.prompts])
    assert not [one for one in (*NAMES, team.slug, str(team.id)) if one in seen.casefold()]
    assert {"user", "metadata"}.isdisjoint(fake.prompts[0])
