"""A small SMTP server on a real socket, with the faults that mail servers have."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass
class FakeSmtp:
    """``faults`` maps a verb to what is answered instead of 250; ``hang`` names a verb that is never answered."""

    port: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    hang: str | None = None
    mails: list[Message] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0
    closed: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.closed += 1
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender = to = ""
        writer.write(b"220 fake\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == self.hang:
                await reader.read()  # until the client has gone
                return
            if verb in self.faults:
                writer.write(self.faults[verb].encode() + b"\r\n")
                continue
            if verb == "MAIL":
                sender = line
            if verb == "RCPT":
                to = line
            if verb == "DATA":
                writer.write(b"354 go\r\n")
                body = await reader.readuntil(b"\r\n.\r\n")
                if "BODY" in self.faults:
                    writer.write(self.faults["BODY"].encode() + b"\r\n")
                    continue
                self.mails.append(message_from_bytes(body[:-5]))
                self.envelopes.append((sender, to))
            writer.write(b"221 bye\r\n" if verb == "QUIT" else b"250 ok\r\n")


@asynccontextmanager
async def fake_smtp() -> AsyncIterator[FakeSmtp]:
    fake = FakeSmtp()
    server = await asyncio.start_server(fake.talk, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
