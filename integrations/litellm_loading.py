"""litellm itself: 4 to 8 seconds of imports and 180 MB, loaded once, in a thread, and only where it is needed."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
import warnings
from functools import cache
from typing import Any

_LONGEST_PROMPT, _LONGEST_ANSWER = 8_000, 700  # tokens: the bounds of `domain/builder/prompt`, in any language
_ANSWER = json.dumps({
    "id": "warm", "object": "chat.completion", "created": 1, "model": "warm",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "-"}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}).encode()


class Library:
    """The module, imported once and in a thread; a caller that goes away does not stop the import."""

    def __init__(self) -> None:
        self._loading: asyncio.Task[Any] | None = None
        self._prices: dict[str, float] = {}

    def price(self, model: str) -> float:
        """US dollars of the longest prompt and answer; 0 when the price, or litellm, is not known."""
        if self._loading is None or not self._loading.done() or self._loading.cancelled() or self._loading.exception():
            return 0.0
        if model not in self._prices:
            self._prices[model] = _price(self._loading.result(), model)
        return self._prices[model]

    async def get(self) -> Any:
        loop = asyncio.get_running_loop()
        if self._loading is None or self._loading.get_loop() is not loop:
            self._loading = loop.create_task(asyncio.to_thread(load_litellm))
        return await asyncio.shield(self._loading)


def _price(litellm: Any, model: str) -> float:
    try:
        parts = litellm.cost_per_token(
            model=model, prompt_tokens=_LONGEST_PROMPT, completion_tokens=_LONGEST_ANSWER
        )
        return float(sum(parts))
    except Exception:  # noqa: BLE001 - litellm raises whatever it likes for a model without a price
        return 0.0


LIBRARY = Library()


_loading = threading.Lock()


def load_litellm() -> Any:
    """The module, ready for its first call; a second caller waits for the first. Takes seconds: call it in a thread."""
    with _loading:
        return _litellm()


@cache
def _litellm() -> Any:
    # litellm reads these at import: without the first it calls out for a price list, without the second it loads
    # .env files.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["LITELLM_MODE"] = "PRODUCTION"
    import litellm

    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    silent = logging.getLogger("LiteLLM")  # it writes what providers say, and now and then what they were sent
    silent.handlers, silent.propagate = [], False
    silent.addHandler(logging.NullHandler())
    warnings.filterwarnings("ignore", "Pydantic serializer warnings")  # they too quote what a provider said
    _stay_where_sent()
    asyncio.run(_first_call(litellm))
    return litellm


def _stay_where_sent() -> None:
    """A prompt goes to the configured address or nowhere: litellm's client would follow redirects, twenty a call."""
    from litellm.llms.openai.common_utils import BaseOpenAILLM

    made = BaseOpenAILLM._get_async_http_client  # noqa: SLF001 - no setting of litellm reaches it

    def client(*args: Any, **kwargs: Any) -> Any:
        http = made(*args, **kwargs)
        if http is not None:
            http.follow_redirects = False
        return http

    BaseOpenAILLM._get_async_http_client = staticmethod(client)  # noqa: SLF001


async def _first_call(litellm: Any) -> None:
    """The first call imports for another second, on the loop that makes it: it is made here, to a server of our own."""
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        await litellm.acompletion(
            model="openai/warm", messages=[{"role": "user", "content": "-"}], api_base=f"http://127.0.0.1:{port}/v1",
            api_key="-", timeout=10.0, max_retries=0, num_retries=0,
            response_format={"type": "json_schema", "json_schema": {"name": "warm", "schema": {"type": "object"}}},
        )
    except Exception:  # noqa: BLE001 - a warm-up that fails only leaves the first call slower
        return
    finally:
        server.close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
    writer.write(head % len(_ANSWER) + _ANSWER)
    await writer.drain()
    writer.close()
