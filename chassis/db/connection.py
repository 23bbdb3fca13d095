"""A connection to PostgreSQL as the pools of chassis.db keep it."""

from __future__ import annotations

import ssl
import time
from collections.abc import Awaitable
from typing import Any, TypeVar

import asyncpg
import msgspec

from chassis import telemetry
from chassis.db.errors import CONTENTION, UNREACHABLE

T = TypeVar("T")

_TIMEOUTS = (TimeoutError, asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError, asyncpg.TransactionTimeoutError)
_operations = telemetry.histogram(
    "db_client_operation_duration_seconds",
    "Statements by how they ended; `refused`: by a constraint or an error in it; `contention`: lost to another one",
    {"outcome": ("ok", "refused", "contention", "timeout", "unreachable", "failed", "cancelled")},
    (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0),
)


async def timed(statement: Awaitable[T]) -> T:
    """The result of a statement, which is measured."""
    began, outcome = time.perf_counter(), "cancelled"
    try:
        result = await statement
    except Exception as error:
        outcome = _outcome(error)
        raise
    else:
        outcome = "ok"
        return result
    finally:
        _operations.observe(time.perf_counter() - began, outcome)


def _outcome(error: Exception) -> str:
    if isinstance(error, _TIMEOUTS):
        return "timeout"
    if isinstance(error, CONTENTION):
        return "contention"
    if isinstance(error, UNREACHABLE):
        return "unreachable"
    return "refused" if isinstance(error, asyncpg.PostgresError) else "failed"


class Connection(asyncpg.Connection):
    """A connection without a reset at release: a pooled one has no session state (no SET, LISTEN, session lock).

    A commit that is given up (a timeout, a cancelled task) is not cancelled at the server: that would end its wait for
    a standby, and others would see, and confirm to their callers, what no standby has. The connection must be ended.
    """

    _committing = False
    given_up = False

    def get_reset_query(self) -> str:
        """None."""
        return ""

    async def execute(self, query: str, *args: Any, **options: Any) -> str:
        """As asyncpg's. With arguments it ends in `_execute`."""
        done = super().execute(query, *args, **options)
        return await (done if args else timed(done))

    async def _execute(self, *args: Any, **options: Any) -> Any:
        return await timed(super()._execute(*args, **options))  # type: ignore[misc]  # not in the stubs

    async def _executemany(self, *args: Any, **options: Any) -> Any:
        return await timed(super()._executemany(*args, **options))  # type: ignore[misc]  # not in the stubs

    def committing(self, now: bool) -> None:  # noqa: FBT001 -- one argument alone
        """Say whether the next statement commits."""
        self._committing = now

    def _cancel_current_command(self, waiter: Any, cancel_waiter: Any = None) -> None:
        if self._committing:
            self.given_up = True
        else:
            super()._cancel_current_command(waiter, cancel_waiter)  # type: ignore[misc]  # not in the stubs


async def connect(*arguments: Any, **options: Any) -> asyncpg.Connection[Any]:
    """Connect. No socket, no route, or one refusal of several addresses say no more than a port that refuses."""
    try:
        connection: asyncpg.Connection[Any] = await asyncpg.connect(*arguments, **options)
    except FileNotFoundError as missing:
        raise ConnectionRefusedError("PostgreSQL's socket is not there") from missing
    except asyncpg.ObjectNotInPrerequisiteStateError as refused:
        raise ConnectionRefusedError("the database takes no connections") from refused
    except OSError as error:
        if isinstance(error, (*UNREACHABLE, ssl.CertificateError)):
            raise
        raise ConnectionRefusedError(f"PostgreSQL is not to be reached: {error}") from error
    return connection


async def prepare(connection: asyncpg.Connection[Any]) -> None:
    """Have JSON as what it means, and not as text."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name,
            schema="pg_catalog",
            encoder=lambda value: msgspec.json.encode(value).decode(),
            decoder=msgspec.json.decode,
        )
