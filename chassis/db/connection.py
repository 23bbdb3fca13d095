"""A connection to PostgreSQL as the pools of chassis.db keep it."""

from __future__ import annotations

import ssl
from typing import Any

import asyncpg
import msgspec

from chassis.db.errors import UNREACHABLE


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
