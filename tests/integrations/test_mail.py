"""The SMTP sender against a real socket: what is refused for good, what may be tried again, what hangs."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from integrations.mail import (
    ConsoleMailer,
    MailError,
    MailMessage,
    MailRefused,
    MailUnavailable,
    NoMailer,
    SmtpMailer,
    make_mailer,
)
from tests.support.smtp import FakeSmtp, fake_smtp

MESSAGE = MailMessage("ana@acme.example", "Escalation", "Problem: ünïcode\n.\nend", "key-1")


@pytest.fixture
async def smtp() -> AsyncIterator[FakeSmtp]:
    async with fake_smtp() as found:
        yield found


async def test_a_mail_arrives_as_it_was_written(smtp: FakeSmtp) -> None:
    await SmtpMailer(smtp.url, "Handrail <handrail@msp.example>").send(MESSAGE)
    [mail] = smtp.mails
    assert mail.get_payload(decode=True).decode().replace("\r\n", "\n").replace("\n..\n", "\n.\n") == MESSAGE.text
    assert (mail["To"], mail["Subject"], mail["Message-ID"]) == (MESSAGE.to, "Escalation", "<key-1@msp.example>")


@pytest.mark.parametrize(
    ("verb", "answer", "kind", "code"),
    [
        ("RCPT", "550 no such user", MailRefused, "recipient_refused"),
        ("RCPT", "451 come back", MailUnavailable, "recipient_deferred"),
        ("MAIL", "553 not you", MailRefused, "rejected"),
        ("BODY", "554 spam", MailRefused, "rejected"),
        ("BODY", "452 full", MailUnavailable, "deferred"),
        ("EHLO", "421 closing", MailUnavailable, "connection"),
    ],
)
async def test_refusals(smtp: FakeSmtp, verb: str, answer: str, kind: type[MailError], code: str) -> None:
    smtp.faults[verb] = answer
    if verb == "EHLO":
        smtp.faults["HELO"] = answer
    with pytest.raises(kind) as caught:
        await SmtpMailer(smtp.url, "handrail@msp.example").send(MESSAGE)
    assert (caught.value.code, str(caught.value)) == (code, code)
    assert smtp.mails == []


async def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(MailUnavailable, match="connection"):
            await SmtpMailer(f"smtp://127.0.0.1:{port}", "handrail@msp.example").send(MESSAGE)


async def test_a_line_break_in_an_address_sends_nothing(smtp: FakeSmtp) -> None:
    for to in ("a@b.example\r\nBcc: eve@x.example", "a@b.example\nRCPT TO:<eve@x.example>"):
        with pytest.raises(MailRefused):
            await SmtpMailer(smtp.url, "handrail@msp.example").send(MailMessage(to, "s", "t", "k"))
    assert smtp.envelopes == []


async def test_a_password_is_not_sent_in_clear_to_another_machine(smtp: FakeSmtp) -> None:
    from integrations import mail

    assert mail._is_local("127.0.0.1")
    assert not mail._is_local("mail.msp.example")


async def test_tls_is_spoken_from_the_first_byte(smtp: FakeSmtp) -> None:
    """A plain server behind smtps:// is no TLS server: nothing is sent to it."""
    with pytest.raises(MailUnavailable):
        await SmtpMailer(smtp.url.replace("smtp:", "smtps:"), "handrail@msp.example").send(MESSAGE)
    assert smtp.mails == []


async def test_who_stops_waiting_ends_the_conversation(smtp: FakeSmtp) -> None:
    smtp.hang = "MAIL"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await SmtpMailer(smtp.url, "handrail@msp.example").send(MESSAGE)
    for _ in range(100):
        if smtp.closed:
            break
        await asyncio.sleep(0.02)
    assert smtp.closed == 1


def test_which_mailer() -> None:
    assert isinstance(make_mailer("smtp://mail.example", "a@b.example", must_send=True), SmtpMailer)
    assert isinstance(make_mailer(None, "a@b.example", must_send=False), ConsoleMailer)
    assert isinstance(make_mailer(None, "a@b.example", must_send=True), NoMailer)
