"""Mail: a real sender over SMTP and a twin that only logs, behind one protocol.

The SMTP client of the standard library blocks, so it runs in a thread; whoever stops waiting closes its socket, which
ends the thread as well.
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

log = logging.getLogger("handrail.mail")
SOCKET_SECONDS = 8.0
PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailMessage:
    """Plain text to one address. ``key`` stays the same when the same mail is sent again."""

    to: str
    subject: str
    text: str
    key: str


class MailError(Exception):
    """``code`` is stored and shown; it never holds what a server said, which may quote the mail."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MailRefused(MailError):
    """The server will not take this mail; sending it again is pointless."""


class MailUnavailable(MailError):
    """It could not be sent now; later it may."""


class Mailer(Protocol):
    """Sends one mail, or raises ``MailRefused`` or ``MailUnavailable``."""

    async def send(self, message: MailMessage) -> None: ...


class ConsoleMailer:
    """For development: says how many recipients there are and the subject, and nothing else."""

    async def send(self, message: MailMessage) -> None:
        log.info("mail to 1 recipient: %s", message.subject)


class NoMailer:
    """For production without SMTP_URL: mail waits and fails visibly instead of vanishing."""

    async def send(self, message: MailMessage) -> None:
        log.warning("a mail waits, SMTP_URL is not set: %s", message.subject)
        raise MailUnavailable("not_configured")


class SmtpMailer:
    """``smtp://`` upgrades to TLS when the server offers it, and must when it sends a password; ``smtps://`` is TLS
    from the first byte. Certificates are checked.
    """

    def __init__(self, url: str, sender: str, *, tls: ssl.SSLContext | None = None) -> None:
        self._url: SplitResult = urlsplit(url)
        self._sender = sender
        self._tls = tls or ssl.create_default_context()

    async def send(self, message: MailMessage) -> None:
        connection = _Connection(self._url, self._tls)
        try:
            await asyncio.to_thread(connection.send, self._email(message), self._sender, message.to)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _refusal(error) from None
        except (smtplib.SMTPNotSupportedError, UnicodeError, ValueError):
            raise MailRefused("address_not_supported") from None
        except smtplib.SMTPAuthenticationError:
            raise MailUnavailable("authentication") from None
        except ssl.SSLError:
            raise MailUnavailable("tls") from None
        except TimeoutError:
            raise MailUnavailable("timeout") from None
        except (OSError, smtplib.SMTPException):
            raise MailUnavailable("connection") from None
        finally:
            connection.close()

    def _email(self, message: MailMessage) -> EmailMessage:
        email = EmailMessage()
        email["From"], email["To"], email["Subject"] = self._sender, message.to, message.subject
        email["Date"] = formatdate()
        email["Message-ID"] = f"<{message.key}@{self._sender.rpartition('@')[2].strip('> ')}>"
        email["Auto-Submitted"] = "auto-generated"
        email.set_content(message.text)
        return email


class _Connection:
    """One conversation with the server, which another thread may cut."""

    def __init__(self, url: SplitResult, tls: ssl.SSLContext) -> None:
        self._url = url
        self._tls = tls
        self._client: smtplib.SMTP | None = None

    def send(self, email: EmailMessage, sender: str, to: str) -> None:
        """Blocking. Raises what ``smtplib`` and sockets raise."""
        client = self._client = self._new()
        client.connect(self._url.hostname or "localhost", self._url.port or PORTS[self._url.scheme])
        client.ehlo_or_helo_if_needed()
        self._secure(client)
        if self._url.username:
            client.login(unquote(self._url.username), unquote(self._url.password or ""))
        client.send_message(email, sender, [to])
        with suppress(smtplib.SMTPException, OSError):  # it is sent, whatever the farewell says
            client.quit()

    def _new(self) -> smtplib.SMTP:
        """Not connected yet, so that ``close`` can reach it; the name to check certificates against comes with it."""
        is_tls = self._url.scheme == "smtps"
        client = smtplib.SMTP_SSL(timeout=SOCKET_SECONDS, context=self._tls) if is_tls else smtplib.SMTP(
            timeout=SOCKET_SECONDS)
        client._host = self._url.hostname or "localhost"  # type: ignore[attr-defined]  # noqa: SLF001
        return client

    def _secure(self, client: smtplib.SMTP) -> None:
        if self._url.scheme == "smtp" and client.has_extn("starttls"):
            client.starttls(context=self._tls)
            client.ehlo()
        elif self._url.scheme == "smtp" and self._url.username and not _is_local(self._url.hostname or ""):
            raise ssl.SSLError("the server offers no TLS for the password")

    def close(self) -> None:
        """Cut the socket; a thread that waits on it ends."""
        sock = getattr(self._client, "sock", None)
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            with suppress(OSError):
                sock.close()


def _is_local(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "::1"}


def _refusal(error: smtplib.SMTPException) -> MailError:
    """5xx is for good, 4xx for now."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        status = max((code for code, _ in error.recipients.values()), default=450)
        return MailRefused("recipient_refused") if status >= 500 else MailUnavailable("recipient_deferred")
    status = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 450
    return MailRefused("rejected") if status >= 500 else MailUnavailable("deferred")


def make_mailer(url: str | None, sender: str, *, must_send: bool) -> Mailer:
    """The sender for ``SMTP_URL``; without one the twin, or (``must_send``) one that fails visibly."""
    if url is not None:
        return SmtpMailer(url, sender)
    return NoMailer() if must_send else ConsoleMailer()
