"""The larger local model: weights cut over files, and the network against one written out loop by loop."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

np = pytest.importorskip("numpy", reason="the extra [semantic] is not installed")

from integrations.mpnet import Mpnet, buckets, gelu  # noqa: E402
from integrations.weight_parts import read_weights  # noqa: E402

WIDTH, WIDE, HEADS, LAYERS, WORDS = 8, 12, 2, 2, 30
Parts = Callable[[dict[str, Any]], list[Path]]


def weights() -> dict[str, Any]:
    drawn = np.random.default_rng(3)

    def some(*shape: int) -> Any:
        return drawn.normal(0, 0.5, shape).astype(np.float32)

    made = {
        "embeddings.word_embeddings.weight": some(WORDS, WIDTH),
        "embeddings.position_embeddings.weight": some(40, WIDTH),
        "encoder.relative_attention_bias.weight": some(32, HEADS),
    }
    linear = {f"attention.attn.{one}": (WIDTH, WIDTH) for one in "qkvo"}
    linear |= {"intermediate.dense": (WIDE, WIDTH), "output.dense": (WIDTH, WIDE)}
    for layer in range(LAYERS):
        for name, shape in linear.items():
            made[f"encoder.layer.{layer}.{name}.weight"] = some(*shape)
            made[f"encoder.layer.{layer}.{name}.bias"] = some(shape[0])
    norms = [f"encoder.layer.{layer}.{part}LayerNorm" for layer in range(LAYERS) for part in ("attention.", "output.")]
    for name in ("embeddings.LayerNorm", *norms):
        made |= {f"{name}.weight": some(WIDTH), f"{name}.bias": some(WIDTH)}
    return made


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    def cut(tensors: dict[str, Any]) -> list[Path]:
        header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
        body = b""
        for name, values in tensors.items():
            kind = {"float32": "F32", "int64": "I64"}[values.dtype.name]
            spot = [len(body), len(body) + values.nbytes]
            header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": spot}
            body += values.tobytes()
        head = json.dumps(header).encode()
        whole = tmp_path / "model.zip"
        with ZipFile(whole, "w", ZIP_DEFLATED) as archive:
            archive.writestr("small/model.safetensors", len(head).to_bytes(8, "little") + head + body)
            archive.writestr("small/tokenizer.json", b'{"a": 1}')
        data = whole.read_bytes()
        third = len(data) // 3
        paths = [tmp_path / f"model.zip.{number}" for number in range(3)]
        for path, piece in zip(paths, (data[:third], data[third : 2 * third], data[2 * third :]), strict=True):
            path.write_bytes(piece)
        return paths

    return cut


def test_weights_are_read_across_the_files_they_are_cut_over(parts: Parts) -> None:
    given = weights()
    found, tokenizer = read_weights(parts(given | {"position_ids": np.arange(4)}), "small")
    assert tokenizer == b'{"a": 1}'
    assert found.keys() == given.keys()
    assert all((found[name] == given[name]).all() for name in given)


@pytest.mark.parametrize("harm", ["a part missing", "a byte changed", "cut short", "another folder"])
def test_harmed_weights_are_an_error_that_the_embedder_knows(parts: Parts, harm: str) -> None:
    paths = parts(weights())
    if harm == "a byte changed":
        data = bytearray(paths[0].read_bytes())
        data[len(data) // 2] ^= 0xFF
        paths[0].write_bytes(data)
    if harm == "cut short":
        paths[2].write_bytes(paths[2].read_bytes()[:-30])
    used = paths[:2] if harm == "a part missing" else paths
    with pytest.raises(OSError, match="the weights cannot be read"):
        read_weights(used, "nowhere" if harm == "another folder" else "small")


def test_the_network_is_what_its_paper_says() -> None:
    given = weights()
    ids = [0, 7, 19, 19, 3, 2]
    assert Mpnet(given).vector(ids) == pytest.approx(slowly(given, ids), abs=1e-5)


def slowly(given: dict[str, Any], ids: list[int]) -> list[float]:
    """The same network, one number at a time in double precision."""

    def linear(row: list[float], name: str) -> list[float]:
        matrix, bias = given[name + ".weight"].tolist(), given[name + ".bias"].tolist()
        return [
            sum(a * b for a, b in zip(row, line, strict=True)) + more for line, more in zip(matrix, bias, strict=True)
        ]

    def normed(row: list[float], name: str) -> list[float]:
        mean = sum(row) / len(row)
        spread = math.sqrt(sum((one - mean) ** 2 for one in row) / len(row) + 1e-5)
        factors = zip(row, given[name + ".weight"].tolist(), given[name + ".bias"].tolist(), strict=True)
        return [(one - mean) / spread * scale + shift for one, scale, shift in factors]

    def added(left: list[float], right: list[float]) -> list[float]:
        return [a + b for a, b in zip(left, right, strict=True)]

    words, places = given["embeddings.word_embeddings.weight"], given["embeddings.position_embeddings.weight"]
    rows = [added(words[token].tolist(), places[i + 2].tolist()) for i, token in enumerate(ids)]
    rows = [normed(row, "embeddings.LayerNorm") for row in rows]
    size = WIDTH // HEADS
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        asked, keys, values = ([linear(row, f"{name}attention.attn.{one}") for row in rows] for one in "qkv")
        mixed = []
        for i in range(len(rows)):
            row: list[float] = []
            for head in range(HEADS):
                spot = slice(head * size, (head + 1) * size)
                scores = []
                for j in range(
                    len(rows)
                ):  # nearer than 8 tokens each distance has its own bias, 16 on for tokens ahead
                    bias = float(
                        given["encoder.relative_attention_bias.weight"][abs(j - i) + (16 if j > i else 0), head]
                    )
                    scores.append(sum(a * b for a, b in zip(asked[i][spot], keys[j][spot], strict=True)) / 2 + bias)
                total = sum(math.exp(one) for one in scores)
                row += [
                    sum(math.exp(score) / total * values[j][spot][k] for j, score in enumerate(scores))
                    for k in range(size)
                ]
            mixed.append(linear(row, f"{name}attention.attn.o"))
        rows = [normed(added(a, b), f"{name}attention.LayerNorm") for a, b in zip(mixed, rows, strict=True)]
        wide = [
            [x * 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in linear(row, f"{name}intermediate.dense")]
            for row in rows
        ]
        ended = [linear(row, f"{name}output.dense") for row in wide]
        rows = [normed(added(a, b), f"{name}output.LayerNorm") for a, b in zip(ended, rows, strict=True)]
    mean = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    length = math.sqrt(sum(one * one for one in mean))
    return [one / length for one in mean]


def test_distances_share_buckets_the_farther_they_are() -> None:
    row = buckets(200, 32)[0].tolist()
    assert row[:8] == [0, 17, 18, 19, 20, 21, 22, 23]
    assert (row[8], row[11], row[12], row[16], row[64], row[127], row[199]) == (24, 24, 25, 26, 30, 31, 31)
    assert buckets(3, 32).tolist() == [[0, 17, 18], [1, 0, 17], [2, 1, 0]]


def test_gelu_is_exact_to_the_sixth_place() -> None:
    values = np.linspace(-6, 6, 241)
    wanted = [x * 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in values.tolist()]
    assert gelu(values).tolist() == pytest.approx(wanted, abs=1e-6)
