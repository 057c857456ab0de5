"""Sign-in with an identity provider: authorization code flow with PKCE, played by a provider on our own origin."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.support import Person, Visit, token_of


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def provider(visit, origin):
    """A page whose server names a provider; what the provider saw is in the returned dictionary."""
    seen: dict[str, dict[str, str]] = {}
    issuer = f"{origin}/provider"
    access_token = token_of(origin, Person.ADMIN)

    def authorize(route):
        seen["authorize"] = {name: values[0] for name, values in parse_qs(urlsplit(route.request.url).query).items()}
        state = seen.get("answer_state", {}).get("state", seen["authorize"]["state"])
        route.fulfill(status=302, headers={"location": f"{origin}/graphql?code=a-code&state={state}"})

    def token(route):
        seen["token"] = {name: values[0] for name, values in parse_qs(route.request.post_data).items()}
        route.fulfill(json={"access_token": access_token, "token_type": "Bearer"})

    def prepare(one: Visit) -> None:
        oidc = {"issuer": issuer, "clientId": "handrail-pages", "scopes": "openid profile"}
        one.page.route("**/session/options", lambda route: route.fulfill(json={"environment": "production", "demoPeople": [], "oidc": oidc}))
        described = {"authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token"}
        one.page.route("**/.well-known/openid-configuration", lambda route: route.fulfill(json=described))
        one.page.route("**/provider/authorize?*", authorize)
        one.page.route("**/provider/token", token)

    one = visit("/graphql")
    prepare(one)
    one.page.reload()
    return one, seen


def test_code_flow_with_pkce(provider, origin):
    one, seen = provider
    one.page.click("button:has-text('Sign in with')")
    one.page.wait_for_selector("text=Sign out")
    one.page.wait_for_selector(".hr-who:has-text('admin')")

    assert seen["authorize"]["response_type"] == "code"
    assert seen["authorize"]["client_id"] == "handrail-pages"
    assert seen["authorize"]["scope"] == "openid profile"
    assert seen["authorize"]["code_challenge_method"] == "S256"
    assert seen["authorize"]["code_challenge"] == challenge_of(seen["token"]["code_verifier"])
    assert seen["token"]["code"] == "a-code"
    assert seen["token"]["redirect_uri"] == seen["authorize"]["redirect_uri"] == f"{origin}/graphql"
    assert one.page.url == f"{origin}/graphql"  # the code is not left in the address
    assert one.page.evaluate("localStorage.getItem('handrail.token')") is None


def test_an_answer_to_another_sign_in_is_refused(provider):
    one, seen = provider
    seen["answer_state"] = {"state": "somebody-elses"}
    one.page.click("button:has-text('Sign in with')")
    one.page.wait_for_selector("text=does not belong to this page")

    assert "token" not in seen
    assert one.page.evaluate("sessionStorage.getItem('handrail.token')") is None
