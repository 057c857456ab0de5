"""An OpenAI-compatible model that thinks until the test lets it answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.fault_llm import INSTRUCTION, QUESTION


class SlowModel(ThreadingHTTPServer):
    """Asks its question in the first call and gives the instruction in the next; ``think`` holds every answer back."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.nodes = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def think(self) -> None:
        self.may_answer.clear()

    def answer(self) -> None:
        self.may_answer.set()


class _Handler(BaseHTTPRequestHandler):
    server: SlowModel

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.may_answer.wait(10)
        is_node = "acknowledgeLabel" in body
        self.server.nodes += is_node
        content = (INSTRUCTION if "green or orange" in body else QUESTION) if is_node else {"category": "unknown" if "zeppelin" in body else "printer"}
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": json.dumps(content)}}
        usage = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
        reply = json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "slow", "choices": [choice], "usage": usage})
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply.encode())

    def log_message(self, *_: object) -> None:
        """Nothing on the console."""


@contextmanager
def slow_model() -> Iterator[SlowModel]:
    model = SlowModel()
    thread = threading.Thread(target=model.serve_forever, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        model.answer()
        model.shutdown()
        model.server_close()
