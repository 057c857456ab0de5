"""In production GraphiQL opens for callers with the right to explore, and introspection follows the same right."""

from __future__ import annotations

import httpx
import pytest

from db.seed import demo_account_id, demo_user_id
from tests.browser.support import Visit
from tests.support.served import served
from web.credentials import development_token

SECRET = "a secret for the tests of production, long enough"
INTROSPECT = {"query": "{ __schema { queryType { name } } }"}


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("production")
    with served(folder, HANDRAIL_ENV="production", AUTH_DEV_SECRET=SECRET, EMBEDDINGS="off") as base:
        yield base


def token(person: str) -> str:
    return development_token(SECRET, demo_account_id("acme"), demo_user_id("acme", person))


@pytest.mark.parametrize(("person", "may"), [(None, False), ("l1", False), ("engineer", False), ("admin", True)])
def test_opens_for_those_who_may_explore(browser, production: str, person: str | None, may: bool) -> None:
    page = browser.new_context().new_page()
    if person is not None:
        page.add_init_script(f"sessionStorage.setItem('handrail.token', '{token(person)}')")
    page.goto(production + "/graphql")
    page.wait_for_selector(".graphiql-query-editor .view-line" if may else "text=Exploring is for callers")
    assert page.locator(".graphiql-container").count() == (1 if may else 0)
    assert page.locator(".hr-panel input").count() == (1 if person is None else 0)  # a way in, not a blank page
    page.context.close()


def test_signing_in_opens_it(browser, production: str) -> None:
    one = Visit(browser, production, None)
    one.goto("/graphql")
    one.page.fill(".hr-panel input", token("l1"))
    one.page.click("text=Use it")
    one.page.wait_for_selector("text=Exploring is for callers")
    one.page.click("text=Sign out")
    one.page.fill(".hr-panel input", token("admin"))
    one.page.click("text=Use it")
    one.page.wait_for_selector(".graphiql-query-editor .view-line")
    one.context.close()
    assert (one.refused, one.problems) == ([], [])


@pytest.mark.parametrize(("person", "may"), [("l1", False), ("admin", True)])
def test_introspection_follows(production: str, person: str, may: bool) -> None:
    answer = httpx.post(production + "/graphql", json=INTROSPECT, headers={"authorization": f"Bearer {token(person)}"})
    body = answer.json()
    assert ("data" in body) is may
    assert may or body["errors"][0]["extensions"]["code"] == "FORBIDDEN"
