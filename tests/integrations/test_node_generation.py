"""Every way a model can fail ends in a node, in time, at the promised number of paid calls. litellm is in the path."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from uuid import uuid4

import pytest

from domain.builder.escalate_nodes import EscalateCause
from domain.builder.prompt import PathStep, node_request
from domain.flow_tree import NodeKind
from integrations.litellm_client import LiteLlmClient
from integrations.llm import LlmSettings, Purpose, UnconfiguredClient, model_client
from integrations.node_generation import classify, generate_node, warm
from tests.support.fault_llm import HOSTILE_TEXTS, QUESTION
from tests.support.served import ROOT

HASTY = 1.5  # seconds; stands for the 12 of production where a time-out is what is tested
REQUEST = node_request("The printer does not print", "printer")


async def test_a_good_answer_is_one_call_and_a_node_under_our_id(fake, client) -> None:
    node_id = str(uuid4())
    made = await generate_node(client, REQUEST, node_id)
    assert (made.is_fallback, fake.calls) == (False, 1)
    assert made.node.node_id == node_id
    assert made.node.kind is NodeKind.QUESTION
    assert [option.label for option in made.node.options] == ["Green", "Orange"]
    (call,) = made.calls
    assert (call.verdict, call.error_code, call.prompt_tokens, call.completion_tokens) == ("ok", None, 100, 20)
    assert call.model == "openai/fake"
    assert json.loads(call.raw or "") == QUESTION
    assert len(call.prompt_hash) == 64


@pytest.mark.parametrize("mode", ["fenced", "prose", "instruction", "nul", "surrogate", "foreign_ids", "tool_call"])
async def test_usable_answers_are_served_clean(fake, client, mode) -> None:
    fake.reset(mode)
    made = await generate_node(client, REQUEST, "our-id")
    assert (made.is_fallback, fake.calls, made.node.node_id) == (False, 1, "our-id")
    stored = json.dumps([made.node.text, [option.label for option in made.node.options], made.calls[0].raw], ensure_ascii=False)
    assert "\x00" not in stored
    stored.encode("utf-8")


@pytest.mark.parametrize(
    ("mode", "paid", "verdict"),
    [
        ("null_content", 2, "empty"), ("empty_content", 2, "empty"), ("not_json", 2, "not_json"), ("wrong_schema", 2, "wrong_shape"),
        ("json_array", 2, "wrong_shape"), ("deep", 2, "not_json"), ("wrong_labels", 2, "wrong_labels"), ("yes_no_alternatives", 2, "wrong_labels"),
        ("huge", 2, "too_large"), ("long_text", 2, "unsafe_text"), ("truncated", 2, "truncated"), ("refused_action", 2, "action_refused"),
        ("empty_choices", 2, None), ("500", 2, "unavailable"), ("cut", 2, "unavailable"), ("not_http_json", 2, None), ("429", 1, "rate_limited"),
        ("401", 1, "rejected"), ("redirect", 2, None), ("hang", 1, "timeout"), ("dribble", 1, "timeout"),
    ],
)
async def test_every_fault_ends_in_an_escalate_node_within_the_bound(fake, client, mode, paid, verdict) -> None:
    fake.reset(mode)
    bound = HASTY if mode in ("hang", "dribble") else 12.0
    started = time.monotonic()
    made = await generate_node(client, REQUEST, "our-id", seconds=bound)
    assert time.monotonic() - started < bound
    assert made.is_fallback
    assert made.node.kind is NodeKind.ESCALATE
    assert made.node.node_id == "our-id"
    assert fake.calls == paid == len(made.calls)
    if verdict is not None:
        assert {call.verdict for call in made.calls} == {verdict}
    told = f"{made.node.text} {made.node.detail} {[(call.error_code, call.verdict) for call in made.calls]}"
    assert not any(secret in told for secret in ("db-host", "sk-leaked", "Traceback", "litellm"))


async def test_a_hung_call_is_let_go(fake, client) -> None:
    fake.reset("hang")
    await generate_node(client, REQUEST, "id", seconds=0.6)
    await asyncio.sleep(0.5)
    assert fake.in_flight == 0


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
async def test_hostile_texts_are_never_served(fake, client, text) -> None:
    fake.reset(f"text:{text}")
    made = await generate_node(client, REQUEST, "id")
    assert made.node.kind is NodeKind.ESCALATE
    assert text not in (made.node.text, made.node.detail)
    assert fake.calls == 2


async def test_the_retry_carries_the_finding_and_none_of_the_refused_words(fake, client) -> None:
    fake.reset("good", f"text:{HOSTILE_TEXTS[0]}")
    made = await generate_node(client, REQUEST, "id")
    assert (made.is_fallback, fake.calls) == (False, 2)
    assert made.node.text == QUESTION["text"]
    assert [call.verdict for call in made.calls] == ["hard_floor:registry", "ok"]
    retry = fake.prompts[1]["messages"][-1]["content"]
    assert "registry" in retry
    assert "Run key" not in retry


async def test_unsafe_twice_says_that_the_safe_steps_are_used_up(fake, client) -> None:
    fake.reset("refused_action")
    made = await generate_node(client, REQUEST, "id")
    assert made.node.reason_category == EscalateCause.EXHAUSTED_SAFE_STEPS
    fake.reset("500")
    made = await generate_node(client, REQUEST, "id")
    assert made.node.reason_category == EscalateCause.AI_UNAVAILABLE


async def test_a_fallback_model_answers_after_an_outage(fake) -> None:
    settings = LlmSettings(model="first", fallback_models=("second",), api_base=fake.base_url, api_key="k", step_timeout=3.0)
    for fault in ("500", "429", "401", "hang"):
        fake.reset("good", fault)
        made = await generate_node(LiteLlmClient(settings), REQUEST, "id")
        assert (made.is_fallback, fake.calls) == (False, 2), fault
        assert [body["model"] for body in fake.prompts] == ["first", "second"]


async def test_a_short_wait_that_a_busy_provider_asks_for_is_kept(fake, client) -> None:
    fake.reset("good", "429:1")
    started = time.monotonic()
    made = await generate_node(client, REQUEST, "id")
    assert (made.is_fallback, [call.error_code for call in made.calls]) == (False, ["rate_limited", None])
    assert 1.0 <= time.monotonic() - started < 3.0


@pytest.mark.parametrize(("mode", "paid"), [("429:1", 2), ("429:4", 1), ("429:-1", 1), ("429:soon", 1), ("429:Wed, 21 Oct 2099 07:28:00 GMT", 1), ("429:nan", 1)])
async def test_other_waits_end_the_step(fake, client, mode, paid) -> None:
    fake.reset(mode)
    started = time.monotonic()
    made = await generate_node(client, REQUEST, "id")
    assert (made.is_fallback, fake.calls) == (True, paid)
    assert time.monotonic() - started < 2.5


async def test_another_model_is_asked_at_once(fake) -> None:
    client = LiteLlmClient(LlmSettings("openai/fake", api_base=fake.base_url, api_key="k", fallback_models=("openai/other",)))
    fake.reset("good", "429:2")
    started = time.monotonic()
    made = await generate_node(client, REQUEST, "id")
    assert ([call.model for call in made.calls], time.monotonic() - started < 1.5) == (["openai/fake", "openai/other"], True)


async def test_no_budget_no_call(fake, client) -> None:
    async def used_up() -> bool:
        return False

    made = await generate_node(client, REQUEST, "id", reserve=used_up)
    assert (fake.calls, made.node.reason_category) == (0, "ai_unavailable")
    assert [call.error_code for call in made.calls] == ["budget"]


async def test_structured_output_is_asked_for(fake, client) -> None:
    await generate_node(client, REQUEST, "id")
    (body,) = fake.prompts
    assert body["response_format"]["json_schema"]["strict"] is True
    assert body["response_format"]["json_schema"]["schema"]["properties"]["kind"]["enum"] == ["question", "instruction", "resolved", "escalate"]


async def test_no_customer_value_number_or_secret_reaches_the_provider(fake, client) -> None:
    request = node_request(
        "Jane Doe (jane@contoso.example, +1 212 555 0100) of Contoso: password is Hunter2!x, key 123456-123456-123456-123456-123456-123456",
        "printer",
        [PathStep("Is it on?", "Yes, call me on 212-555-0199", note="token: abcDEF123456")],
        ["PIN 4711, IP 10.1.2.3"],
        redact=["Jane Doe", "Contoso"],
    )
    await generate_node(client, request, "id")
    for leaked in ("Jane", "Contoso", "contoso", "@", "555", "Hunter2", "123456", "abcDEF", "4711", "10.1.2.3"):
        assert leaked not in fake.received, leaked
    assert "Is it on?" in fake.received
    assert "Yes, call me on" in fake.received


async def test_the_boundary_changes_and_the_hash_does_not(fake, client) -> None:
    first = await generate_node(client, REQUEST, "id")
    second = await generate_node(client, REQUEST, "id")
    assert fake.prompts[0]["messages"] != fake.prompts[1]["messages"]
    assert first.calls[0].prompt_hash == second.calls[0].prompt_hash


async def test_classification_is_one_small_call(fake) -> None:
    settings = LlmSettings(model="big", small_model="small", api_base=fake.base_url, api_key="k")
    fake.reset("category")
    found, call = await classify(LiteLlmClient(settings), "it is broken")
    assert (found.category, found.by, fake.calls) == ("printer", "model", 1)
    assert (call.model, call.purpose, call.verdict) == ("openai/small", Purpose.CLASSIFY, "ok")
    fake.reset("category_unknown")
    found, _ = await classify(LiteLlmClient(settings), "Outlook does not open")
    assert (found.category, found.by) == (None, "model")


@pytest.mark.parametrize("mode", ["500", "hang", "not_json", "category_foreign", "null_content", "truncated", "429"])
async def test_a_failed_classification_falls_back_to_words(fake, client, mode) -> None:
    fake.reset(mode)
    found, call = await classify(client, "Outlook does not open", seconds=0.6)
    assert (found.category, found.by, fake.calls) == ("outlook_client", "words", 1)
    assert call.verdict != "ok"


async def test_embeddings_come_in_order_and_are_none_on_failure(fake, client) -> None:
    assert await client.embed(["a", "b"], 2.0) == [[0.0, 0.5], [1.0, 0.5]]
    lonely = LiteLlmClient(LlmSettings(model="fake", api_base="http://127.0.0.1:9/v1", api_key="k", embedding_model="v"))
    assert await lonely.embed(["a"], 1.0) is None
    assert await LiteLlmClient(LlmSettings(model="fake", api_base=fake.base_url)).embed(["a"], 1.0) is None


async def test_without_a_model_nothing_is_called() -> None:
    client = model_client(LlmSettings())
    assert isinstance(client, UnconfiguredClient)
    made = await generate_node(client, REQUEST, "id")
    assert (made.is_fallback, made.calls, made.node.reason_category) == (True, (), "ai_unavailable")
    found, call = await classify(client, "Outlook does not open")
    assert (found.category, call) == ("outlook_client", None)


async def test_sixty_hanging_calls_leave_the_loop_free(fake, client) -> None:
    fake.reset("hang")
    waiting = [asyncio.create_task(generate_node(client, REQUEST, str(n), seconds=2.0)) for n in range(60)]
    worst = 0.0
    await asyncio.sleep(0.8)  # sixty connections have been made
    while not all(task.done() for task in waiting):
        started = time.monotonic()
        await asyncio.sleep(0.01)
        worst = max(worst, time.monotonic() - started - 0.01)
    assert all(task.result().is_fallback for task in waiting)
    assert worst < 0.5


async def test_a_very_small_model_gets_the_short_prompt_and_the_narrow_schema(fake) -> None:
    settings = LlmSettings(model="tiny", api_base=fake.base_url, api_key="k", is_small=True)
    fake.reset("good", "not_json")
    made = await generate_node(LiteLlmClient(settings), REQUEST, "id")
    assert (made.is_fallback, fake.calls) == (False, 2)
    first, again = fake.prompts
    assert first["response_format"]["json_schema"]["schema"]["properties"]["kind"] == {"const": "question"}
    assert (first["max_tokens"], first["temperature"], again["temperature"]) == (140, 0.3, 0.8)
    assert sum(len(message["content"]) for message in first["messages"]) < 300
    assert made.calls[0].parameters["frequency_penalty"] == 0.2


async def test_warming_up_asks_a_very_small_model_once_for_each_prompt(fake) -> None:
    tiny = LiteLlmClient(LlmSettings(model="tiny", api_base=fake.base_url, api_key="k", is_small=True))
    await warm(tiny)
    assert [body["response_format"]["json_schema"]["name"] for body in fake.prompts] == ["classify", "node"]
    fake.reset()
    await warm(LiteLlmClient(LlmSettings(model="big", api_base=fake.base_url, api_key="k")))
    assert fake.calls == 0


_STRANGE = """
import asyncio, sys
from integrations.litellm_client import LiteLlmClient
from integrations.llm import LlmSettings
from integrations.node_generation import generate_node
from domain.builder.prompt import node_request
client = LiteLlmClient(LlmSettings("openai/fake", api_base=sys.argv[1], api_key="k"))
made = asyncio.run(generate_node(client, node_request("It does not print", "printer"), "id"))
print([call.verdict for call in made.calls])
"""


async def test_a_strange_answer_is_not_quoted_on_the_servers_output(fake) -> None:
    fake.reset("parts")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _STRANGE, fake.base_url, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=ROOT
    )
    out, errors = await asyncio.wait_for(process.communicate(), 60)
    assert (out.decode().strip(), fake.calls) == ("['unavailable', 'unavailable']", 2)
    assert "secret words" not in errors.decode()
    assert "Warning" not in errors.decode()
