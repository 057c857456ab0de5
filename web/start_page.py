"""The page at ``/``: what this is, how to sign in, where to go."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

_STYLE = (Path(__file__).parent / "start_page.css").read_text()
# what a Content-Security-Policy lets through instead of every inline style
STYLE_SOURCE = f"'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"

_CARDS = (
    ("/app", "Technician's screen", "Walk a ticket with the keyboard; work the engineers' queue."),
    ("/graphql", "GraphiQL", "Explore the API: ready-made tabs, docs, pictures of flows and walks."),
    ("/schema.graphql", "Schema", "Every type, field and rule, as clients see it."),
    ("/docs/spa", "Recipe: single-page app", "Queries, retries and stale answers from a browser."),
    ("/docs/psa", "Recipe: PSA", "Service accounts, tickets, safe repeats."),
    ("/docs/script", "Recipe: script", "Plain HTTP or a generated client, from Python."),
    ("/docs/flows", "Recipe: flow author", "From a Markdown runbook to a published flow, with its picture."),
    ("/docs/operator", "Recipe: operator", "Database, identities, back-up, limits."),
)


def start_page(people: list[dict[str, Any]], *, environment: str, has_app: bool) -> str:
    """The whole page; ``people`` are the demo people, empty outside development."""
    cards = "".join(
        f'<li><a href="{path}"><strong>{title}</strong><span>{text}</span></a></li>'
        for path, title, text in _CARDS
        if path != "/app" or has_app
    )
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<title>Handrail</title><style>{_STYLE}</style></head><body><main><h1>Handrail</h1>"
        "<p>A GraphQL API for the first line of a help desk: a described problem becomes a walk through a decision "
        "flow, and ends resolved or handed over with everything that was tried.</p>"
        f"<ul class=cards>{cards}</ul>{_sign_in(people, environment)}</main></body></html>"
    )


def _sign_in(people: list[dict[str, Any]], environment: str) -> str:
    how = (
        "<h2>Sign in</h2><p>Send <code>Authorization: Bearer …</code> with a token of your identity provider, or with "
        "a service account's key. GraphiQL and the app ask for it.</p>"
    )
    if not people:
        return how
    rows = "".join(
        f"<tr><td>{escape(str(one['name']))}<br><code>{escape(str(one['email']))}</code></td>"
        f"<td>{_in_words(str(one['role']))}</td></tr>"
        for one in people
    )
    return (
        f"{how}<h2>Demo people</h2><p>This server runs in the {escape(environment)} environment: GraphiQL and the app "
        "sign in as any of them with one click. For programs, <code>python -m cli token EMAIL</code> prints a "
        "token.</p>"
        f"<table><thead><tr><th>Who</th><th>Role</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _in_words(role: str) -> str:
    return escape(role.replace("l1_tech", "L1 technician"))
