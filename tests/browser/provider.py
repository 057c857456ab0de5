"""An OpenID Connect provider on two loopback ports: the issuer on one, its token endpoint on the other."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.support.issuer import AUDIENCE, Issuer, token


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class Provider:
    """Signs everybody in as one person; what it was asked is kept. ``lies`` replace what it puts into its answers."""

    def __init__(self) -> None:
        self.servers = [_Server(self), _Server(self)]
        self.issuer, self.tokens = (f"http://127.0.0.1:{one.server_port}" for one in self.servers)
        self.keys = Issuer()
        self.key = self.keys.rsa("key")
        self.account, self.email = "", ""
        self.authorize: dict[str, str] = {}
        self.token: dict[str, str] = {}
        self.lies: dict[str, str] = {}

    def sign_in_as(self, account: object, email: str) -> None:
        self.account, self.email = str(account), email
        self.authorize, self.token, self.lies = {}, {}, {}

    def description(self) -> dict[str, Any]:
        return {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", "token_endpoint": f"{self.tokens}/token"}

    def redirect(self, query: dict[str, str]) -> str:
        self.authorize = query
        answer = {"code": "a-code", "state": query["state"], "iss": self.issuer, **self.lies}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def exchange(self, form: dict[str, str]) -> dict[str, Any] | None:
        self.token = form
        if form["code"] != "a-code" or challenge_of(form["code_verifier"]) != self.authorize["code_challenge"]:
            return None
        given = token(self.key, f"subject of {self.email}", self.account, iss=self.issuer, aud=AUDIENCE, email=self.email, email_verified=True)
        return {"access_token": given, "token_type": "Bearer", "expires_in": 300}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, provider: Provider) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.provider = provider


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        provider, address = self.server.provider, urlsplit(self.path)
        if address.path == "/.well-known/openid-configuration":
            self._json(provider.description())
        elif address.path == "/keys":
            self._json({"keys": provider.keys.published})
        else:
            self.send_response(302)
            self.send_header("location", provider.redirect(_flat(address.query)))
            self.end_headers()

    def do_POST(self) -> None:
        given = self.server.provider.exchange(_flat(self.rfile.read(int(self.headers["content-length"])).decode()))
        self._json(given or {"error": "invalid_grant"}, 200 if given else 400)

    def _json(self, body: dict[str, Any], status: int = 200) -> None:
        sent = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("access-control-allow-origin", "*")
        self.send_header("content-length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_: object) -> None:
        """Nothing on the console."""


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextmanager
def running_provider() -> Iterator[Provider]:
    provider = Provider()
    for one in provider.servers:
        threading.Thread(target=one.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        for one in provider.servers:
            one.shutdown()
            one.server_close()
