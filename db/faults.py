"""Which exceptions mean that the database cannot be used just now."""

from __future__ import annotations

from asyncpg import exceptions as pg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_TRANSIENT = (
    pg.PostgresConnectionError,
    pg.OperatorInterventionError,
    pg.InsufficientResourcesError,
    pg.LockNotAvailableError,
    pg.SerializationError,
    pg.DeadlockDetectedError,
    pg.ReadOnlySQLTransactionError,
    pg.IdleInTransactionSessionTimeoutError,
)


def is_unavailable(error: BaseException | None) -> bool:
    """True for a fault that a later attempt may not meet: no connection, no lock, no time, server going down."""
    while error is not None:
        if isinstance(error, (PoolTimeout, TimeoutError, OSError, *_TRANSIENT)):
            return True
        if isinstance(error, DBAPIError) and (error.connection_invalidated or _state(error)[:2] in {"08", "57", "53"}):
            return True
        if isinstance(error, pg.InternalClientError):  # the driver lost its place: the server died before a message
            return True
        if isinstance(error, pg.InterfaceError) and not isinstance(error, ValueError):  # that one is our own mistake
            return True
        error = error.__cause__ or getattr(error, "orig", None)
    return False


def is_lock_timeout(error: DBAPIError) -> bool:
    """True when a lock was waited for longer than ``lock_timeout``."""
    return _state(error) == "55P03"


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")
