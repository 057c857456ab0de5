"""Sign-in with an identity provider on GraphiQL and on the app: code flow with PKCE, the token endpoint elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from db.seed import demo_account_id
from tests.browser.provider import Provider, challenge_of, running_provider
from tests.browser.support import Person, Visit
from tests.support.issuer import AUDIENCE
from tests.support.served import served

PAGES = {"/graphql": ".hr-who:has-text('Acme')", "/app": ".who:has-text('Acme')"}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider() as one:
        yield one


@pytest.fixture(scope="module")
def base(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose people come from the provider."""
    settings = {
        "HANDRAIL_ENV": "development", "EMBEDDINGS": "off", "AUTH_ISSUER": provider.issuer, "AUTH_AUDIENCE": AUDIENCE,
        "AUTH_JWKS_URL": f"{provider.issuer}/keys", "AUTH_CLIENT_ID": "handrail-pages",
        "AUTH_CLIENT_SCOPES": "openid email handrail",
    }  # fmt: skip
    with served(tmp_path_factory.mktemp("oidc"), **settings) as url:
        yield url


@pytest.fixture
def one(browser, base: str, provider: Provider) -> Iterator[Visit]:
    """Nobody yet, at a browser that may talk to the server and the provider."""
    provider.sign_in_as(demo_account_id("acme"), Person.ENGINEER.value)
    visit = Visit(browser, base, None, also=(provider.issuer, provider.tokens))
    yield visit
    visit.context.close()
    assert (visit.refused, visit.problems) == ([], [])


@pytest.mark.parametrize("path", PAGES)
def test_code_flow_with_pkce(one: Visit, provider: Provider, base: str, path: str) -> None:
    one.goto(f"{path}#/queue" if path == "/app" else path)
    one.page.click("button:has-text('Sign in with')")
    one.page.wait_for_selector(PAGES[path])

    assert provider.authorize["response_type"] == "code"
    assert provider.authorize["client_id"] == "handrail-pages"
    assert provider.authorize["scope"] == "openid email handrail"
    assert provider.authorize["code_challenge_method"] == "S256"
    assert provider.authorize["code_challenge"] == challenge_of(provider.token["code_verifier"])
    assert provider.token["redirect_uri"] == provider.authorize["redirect_uri"] == f"{base}{path}"
    assert one.page.url == (f"{base}/app#/queue" if path == "/app" else f"{base}/graphql")  # no code left in the address
    assert one.page.evaluate("Object.keys(localStorage).filter((name) => name.includes('token'))") == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("lie", "words"), [
    ({"state": "somebody-elses"}, "does not belong to this page"), ({"iss": "https://evil.example"}, "another identity provider"),
    ({"code": "stolen"}, "gave no token"),
])  # fmt: skip
def test_an_answer_that_is_not_ours_is_refused(one: Visit, provider: Provider, path: str, lie: dict[str, str], words: str) -> None:
    provider.lies = lie
    one.goto(path)
    one.page.click("button:has-text('Sign in with')")
    one.page.wait_for_selector(f"text={words}")

    assert (provider.token == {}) is ("code" not in lie)
    assert one.page.evaluate("sessionStorage.getItem('handrail.token')") is None


@pytest.mark.parametrize("path", ["/", *PAGES])
def test_the_policy_names_the_provider_and_nobody_else(base: str, provider: Provider, path: str) -> None:
    policy = httpx.get(f"{base}{path}", headers={"accept": "text/html"}).headers["content-security-policy"]
    [connect] = [one for one in policy.split("; ") if one.startswith("connect-src ")]
    assert connect == f"connect-src 'self' {provider.issuer} {provider.tokens}"
    assert "'unsafe-eval'" not in policy
    assert ("'unsafe-inline'" in policy) is (path == "/graphql")  # styles only, for the editor
    assert "script-src" not in policy.replace("default-src 'self'", "")  # scripts fall back to 'self' alone
