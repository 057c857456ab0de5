"""Mail of escalations: sent once, tried again within bounds, never holding a connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from integrations.mail import ConsoleMailer, MailMessage, MailRefused, MailUnavailable, NoMailer, SmtpMailer
from jobs import deliveries
from resolvers.delivery import LEASE, MAX_ATTEMPTS, WAITS
from tests.support.api import Api, Team
from tests.support.smtp import FakeSmtp, fake_smtp

ROWS = "SELECT state, attempts, last_error, next_attempt_at FROM escalation_deliveries WHERE account_id = :account"
ADDRESSES = ["noc@acme.example", "duty@acme.example"]


class Recording:
    """A mailer that remembers, or fails as it is told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.sent: list[MailMessage] = []
        self.error = error

    async def send(self, message: MailMessage) -> None:
        await asyncio.sleep(0.01)
        if self.error is not None:
            raise self.error
        self.sent.append(message)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def waiting(api: Api) -> Team:
    """An account without engineers: an escalation's mail waits for its two default addresses."""
    team = await api.new_team(None, "l1")
    await team.rows("UPDATE accounts SET escalation_addresses = :found WHERE id = :account RETURNING id", found=ADDRESSES)
    await team.as_("l1").do(
        "EscalateWithoutWalk", problem="Server room smells of smoke", customerName="Ana Ruiz",
        customerContact="+1 555 0100", companyName="Northwind", reasonCategory="SAFETY_RISK", reason="Call the site",
    )
    return team


@pytest.fixture
async def smtp() -> AsyncIterator[FakeSmtp]:
    async with fake_smtp() as fake:
        yield fake


async def run(api: Api, mailer: object, later: timedelta = timedelta()) -> int:
    return await deliveries.run(api.db, mailer, lambda: now() + later)  # type: ignore[arg-type]


async def test_each_recipient_gets_the_digest_and_no_customers_contact(api: Api, waiting: Team, smtp: FakeSmtp) -> None:
    assert await run(api, SmtpMailer(smtp.url, "handrail@acme.example")) == 2
    assert sorted(mail["To"] for mail in smtp.mails) == sorted(ADDRESSES)
    for mail in smtp.mails:
        text = mail.get_payload(decode=True).decode()
        assert "Server room smells of smoke" in text
        assert "Ana Ruiz" not in text
        assert "555 0100" not in text
        assert mail["Subject"] == "Escalation (normal): safety risk"
    assert len({mail["Message-ID"] for mail in smtp.mails}) == 2
    rows = await waiting.rows(ROWS)
    assert [(row["state"], row["attempts"], row["last_error"], row["next_attempt_at"]) for row in rows] == [
        ("sent", 1, None, None)] * 2
    assert await run(api, SmtpMailer(smtp.url, "handrail@acme.example")) == 0


async def test_several_processes_send_each_mail_once(api: Api, waiting: Team) -> None:
    mailer = Recording()
    done = await asyncio.gather(*(run(api, mailer) for _ in range(6)))
    assert sum(done) == 2
    assert sorted(message.to for message in mailer.sent) == sorted(ADDRESSES)


async def test_a_failed_attempt_is_repeated_later_and_not_before(api: Api, waiting: Team) -> None:
    assert await run(api, Recording(MailUnavailable("connection"))) == 0
    before = now()
    rows = await waiting.rows(ROWS)
    assert [(row["state"], row["attempts"], row["last_error"]) for row in rows] == [("pending", 1, "connection")] * 2
    assert all(timedelta(seconds=50) < row["next_attempt_at"] - before <= WAITS[0] for row in rows)
    mailer = Recording()
    assert await run(api, mailer) == 0
    assert await run(api, mailer, WAITS[0]) == 2
    assert [(row["state"], row["attempts"], row["last_error"]) for row in await waiting.rows(ROWS)] == [
        ("sent", 2, None)] * 2


async def test_attempts_are_bounded_and_waits_grow(api: Api, waiting: Team) -> None:
    mailer, later, waits = Recording(MailUnavailable("timeout")), timedelta(), []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        await run(api, mailer, later)
        rows = await waiting.rows(ROWS)
        assert {row["attempts"] for row in rows} == {attempt}
        if rows[0]["next_attempt_at"] is not None:
            waits.append(rows[0]["next_attempt_at"] - (now() + later))
            later += WAITS[attempt - 1] + timedelta(seconds=1)
    assert waits == sorted(waits)
    assert {(row["state"], row["last_error"], row["next_attempt_at"]) for row in rows} == {("failed", "timeout", None)}
    assert await run(api, Recording(), later + timedelta(days=30)) == 0


async def test_a_refused_recipient_is_not_tried_again(api: Api, waiting: Team) -> None:
    await run(api, Recording(MailRefused("recipient_refused")))
    assert {(row["state"], row["attempts"], row["last_error"]) for row in await waiting.rows(ROWS)} == {
        ("failed", 1, "recipient_refused")}


async def test_a_server_that_hangs_is_cut_off(
    api: Api, waiting: Team, smtp: FakeSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "DEADLINE", 0.3)
    smtp.hang = "DATA"
    await asyncio.wait_for(run(api, SmtpMailer(smtp.url, "handrail@acme.example")), 5)
    assert {(row["state"], row["last_error"]) for row in await waiting.rows(ROWS)} == {("pending", "timeout")}
    for _ in range(100):
        if smtp.closed == smtp.connections:
            break
        await asyncio.sleep(0.02)
    assert (smtp.connections, smtp.closed) == (2, 2)


async def test_no_connection_is_held_while_mail_is_sent(api: Api, waiting: Team) -> None:
    held: list[int] = []
    both = asyncio.Barrier(2)

    class Looking(Recording):
        async def send(self, message: MailMessage) -> None:
            await both.wait()
            held.append(api.db.app.pool.checkedout())  # type: ignore[attr-defined]
            await both.wait()

    assert await run(api, Looking()) == 2
    assert held == [0, 0]


async def test_a_sender_that_dies_leaves_the_mail_to_another(api: Api, waiting: Team) -> None:
    class Dying(Recording):
        async def send(self, message: MailMessage) -> None:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await run(api, Dying())
    mailer = Recording()
    await run(api, mailer)
    first = {message.to for message in mailer.sent}
    await run(api, mailer, LEASE + timedelta(seconds=1))
    assert first != set(ADDRESSES)
    assert {message.to for message in mailer.sent} == set(ADDRESSES)


async def test_what_the_api_shows_is_a_code(api: Api) -> None:
    team = await api.new_team(None, "l1", "admin")
    await team.rows("UPDATE users SET deactivated_at = now() WHERE account_id = :account AND role = 'admin' RETURNING id")
    await team.rows("UPDATE accounts SET escalation_addresses = '{a@b.example}' WHERE id = :account RETURNING id")
    done = await team.as_("l1").do("EscalateWithoutWalk", problem="It is down", reasonCategory="OUT_OF_SCOPE")
    await run(api, NoMailer())
    await team.rows("UPDATE users SET deactivated_at = NULL WHERE account_id = :account RETURNING id")
    query = '{ escalation(id: "%s") { deliveries { state attempts lastError recipient { name } } } }'
    found = await team.as_("admin").run(query % done["escalation"]["id"])
    assert found["escalation"]["deliveries"] == [
        {"state": "PENDING", "attempts": 1, "lastError": "not_configured", "recipient": {"name": "a@b.example"}}]


async def test_the_console_twin_says_nothing_of_the_mail(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "handrail.mail"):
        await ConsoleMailer().send(MailMessage("ana@acme.example", "Escalation (high): other", "The safe is open", "k"))
    assert caplog.messages == ["mail to 1 recipient: Escalation (high): other"]
