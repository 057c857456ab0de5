"""The page at ``/``: what this is, how to sign in, where to go."""

from __future__ import annotations

from html import escape
from typing import Any

_STYLE = """
:root{color-scheme:light dark;--fg:#1c2430;--dim:#5b6675;--line:#d8dee6;--bg:#fbfcfd;--card:#fff;--accent:#0b63ce}
@media(prefers-color-scheme:dark){:root{--fg:#e6eaf0;--dim:#9aa6b5;--line:#2d3642;--bg:#12161c;--card:#1a2029;--accent:#6cb0ff}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.55 system-ui,sans-serif}
main{max-width:56rem;margin:0 auto;padding:3rem 1.25rem}h1{font-size:2rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}
p{margin:.4rem 0;color:var(--dim)}a{color:var(--accent)}ul.cards{list-style:none;padding:0;margin:1.5rem 0;display:grid;
grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.75rem}
.cards a{display:block;background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem;text-decoration:none;color:inherit;height:100%}
.cards a:hover,.cards a:focus-visible{border-color:var(--accent);outline:none}.cards strong{color:var(--accent);display:block}
.cards span{color:var(--dim);font-size:.92rem}
table{border-collapse:collapse;width:100%;font-size:.95rem}td,th{text-align:left;padding:.4rem .6rem .4rem 0;border-bottom:1px solid var(--line)}
code{background:var(--card);border:1px solid var(--line);border-radius:.3rem;padding:.1rem .35rem;font-size:.9em;overflow-wrap:anywhere}
"""

_CARDS = (
    ("/app", "Technician's screen", "Walk a ticket with the keyboard; work the engineers' queue."),
    ("/graphql", "GraphiQL", "Explore the API: ready-made tabs, docs, pictures of flows and walks."),
    ("/schema.graphql", "Schema", "Every type, field and rule, as clients see it."),
    ("/docs/spa", "Recipe: single-page app", "Queries, retries and stale answers from a browser."),
    ("/docs/psa", "Recipe: PSA", "Service accounts, tickets, safe repeats."),
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
        "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<title>Handrail</title><style>{_STYLE}</style></head><body><main><h1>Handrail</h1>"
        "<p>A GraphQL API for the first line of a help desk: a described problem becomes a walk through a decision flow, "
        "and ends resolved or handed over with everything that was tried.</p>"
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
        f"<tr><td>{escape(str(one['account']))}</td><td>{escape(str(one['role']))}</td><td>{escape(str(one['email']))}</td>"
        f"<td><code>python -m cli token {escape(str(one['email']))}</code></td></tr>"
        for one in people
    )
    return (
        f"{how}<h2>Demo people</h2><p>This server runs in the {escape(environment)} environment: GraphiQL and the app "
        "sign in as any of them with one click.</p><table><thead><tr><th>Account</th><th>Role</th><th>E-mail</th>"
        f"<th>Token</th></tr></thead><tbody>{rows}</tbody></table>"
    )
