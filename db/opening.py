"""Which database a process uses: the one its settings name, or the embedded one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from db.embedded import EmbeddedServer, attach_or_start


@dataclass(frozen=True, slots=True)
class Urls:
    """``serve`` logs in to serve, ``owner`` to migrate; the same for the embedded server and a lone DATABASE_URL."""

    serve: str
    owner: str
    embedded: EmbeddedServer | None = None


@contextmanager
def opened(
    database_url: str | None, owner_url: str | None, data_dir: Path, pg_bin_dir: Path | None = None, *,
    take_over: bool = False,
) -> Iterator[Urls]:
    """With a URL nothing embedded is touched; without one the embedded server is started or attached to."""
    if database_url is not None:
        yield Urls(database_url, owner_url or database_url)
        return
    with attach_or_start(data_dir, pg_bin_dir=pg_bin_dir, take_over=take_over) as server:
        url = server.url()
        yield Urls(url, url, server)
