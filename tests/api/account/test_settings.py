"""Categories, defaults of escalations, AI budgets."""

from __future__ import annotations

from typing import Any

import pytest

from domain.builder.categories import DEFAULT_CATEGORY_KEYS, FLOOR_KEYS
from tests.api.account.calls import do, log, refused
from tests.support.api import Api, Team
from tests.support.documents import contract


async def test_categories_begin_with_the_ten_defaults(team: Team) -> None:
    found = (await team.as_("admin").run(contract("L1Categories")))["account"]["l1Categories"]
    assert set(found["enabled"]) == set(DEFAULT_CATEGORY_KEYS)
    assert set(found["available"]) >= {"password_reset", "account_lockout", "printer", "outlook_client", "wifi_network_basics",
                                       "vpn_connect", "teams_zoom_av", "browser_cache_cookies", "peripheral_reconnect", "os_restart_update"}
    assert set(found["hardFloor"]) == set(FLOOR_KEYS)
    assert len(FLOOR_KEYS) == 11
    assert not set(found["available"]) & set(found["hardFloor"])


@pytest.mark.parametrize("person", ["owner", "admin"])
async def test_leaders_choose_a_subset(team: Team, person: str) -> None:
    await do(team.as_(person), "SetL1Categories", enabled=["printer", "vpn_connect", "printer"])
    found = (await team.as_("admin").run(contract("L1Categories")))["account"]["l1Categories"]
    assert sorted(found["enabled"]) == ["printer", "vpn_connect"]
    [event] = await log(team)
    assert (event["action"], event["actor"]["id"]) == ("settings.categories_set", str(team.people[person]))


async def test_an_empty_set_is_a_choice(team: Team) -> None:
    await do(team.as_("owner"), "SetL1Categories", enabled=[])
    assert (await team.as_("owner").run(contract("L1Categories")))["account"]["l1Categories"]["enabled"] == []


@pytest.mark.parametrize(("keys", "code", "named"), [
    (["printer", "coffee_machine"], "UNKNOWN_CATEGORY", "coffee_machine"),
    (["printer", ""], "UNKNOWN_CATEGORY", ""),
    (["PRINTER"], "UNKNOWN_CATEGORY", "PRINTER"),
    *[(["printer", key], "HARD_FLOOR_CATEGORY", key) for key in FLOOR_KEYS],
])
async def test_a_wrong_key_is_refused_by_name_and_nothing_changes(api: Api, keys: list[str], code: str, named: str) -> None:
    admin = api.as_("admin")
    payload = await admin.send(contract("SetL1Categories"), enabled=keys)
    assert payload["account"] is None
    assert [(error["code"], named in error["message"]) for error in payload["errors"]] == [(code, True)]
    enabled = (await admin.run(contract("L1Categories")))["account"]["l1Categories"]["enabled"]
    assert set(enabled) == set(DEFAULT_CATEGORY_KEYS)


async def test_every_wrong_key_is_named(api: Api) -> None:
    payload = await api.as_("admin").send(contract("SetL1Categories"), enabled=["coffee", "printer", "tea", FLOOR_KEYS[0]])
    assert len(payload["errors"]) == 3


async def test_escalation_defaults(team: Team) -> None:
    payload = await do(team.as_("admin"), "SetEscalationDefaults", addresses=["desk@x.example", " desk@x.example ", "two@x.example"])
    assert payload["account"]["escalationDefaults"]["addresses"] == ["desk@x.example", "two@x.example"]
    payload = await do(team.as_("admin"), "SetEscalationDefaults", addresses=[])
    assert payload["account"]["escalationDefaults"]["addresses"] == []
    assert [event["action"] for event in await log(team)] == ["settings.escalation_defaults_set"] * 2


@pytest.mark.parametrize("address", ["", "nobody", "a@", "@b", "a b@c", "a@b\nBcc: x@y", "a@" + "b" * 300])
async def test_what_is_no_address_is_refused(api: Api, address: str) -> None:
    assert await refused(api.as_("admin"), "SetEscalationDefaults", addresses=["good@x.example", address]) == "INVALID_INPUT"
    assert await api.teams["acme"].value("SELECT escalation_addresses FROM accounts WHERE id = :account") == []


AI = "mutation($input: SetAiSettingsInput!) { setAiSettings(input: $input) { account { id } errors { code } } }"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e400", "-1", "x", "", "9" * 400, -1, 1e300, True, [], {}])
async def test_a_budget_that_is_no_sum_of_money_is_refused(api: Api, value: Any) -> None:
    before = await api.teams["acme"].rows("SELECT ai_usd_per_day AS d, ai_usd_per_user_day AS u FROM accounts WHERE id = :account")
    for name in ("usdPerDay", "usdPerUserDay"):
        body = await api.as_("admin").raw(AI, input={name: value})
        codes = [one["extensions"]["code"] for one in body.get("errors", [])] or [one["code"] for one in body["data"]["setAiSettings"]["errors"]]
        assert codes in (["BAD_REQUEST"], ["INVALID_INPUT"]), (value, body)
    assert await api.teams["acme"].rows("SELECT ai_usd_per_day AS d, ai_usd_per_user_day AS u FROM accounts WHERE id = :account") == before


@pytest.mark.parametrize("value", [-1, 2_147_483_648])
async def test_a_number_of_calls_that_is_none_is_refused(api: Api, value: int) -> None:
    body = await api.as_("admin").raw(AI, input={"callsPerDay": value})
    codes = [one["extensions"]["code"] for one in body.get("errors", [])] or [one["code"] for one in body["data"]["setAiSettings"]["errors"]]
    assert codes in (["BAD_REQUEST"], ["INVALID_INPUT"])


async def test_a_budget_below_a_millionth_of_a_dollar_is_nothing(team: Team) -> None:
    assert (await team.as_("admin").do(AI, usdPerDay="1e-400"))["account"]["id"] == str(team.id)
    assert await team.value("SELECT ai_usd_per_day FROM accounts WHERE id = :account") == 0
