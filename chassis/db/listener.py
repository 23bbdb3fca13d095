"""The one connection of a process that runs LISTEN.

A NOTIFY sets the signal of its channel, which wakes all tasks that wait for it. Every signal is set when the connection
is lost, so that one of these tasks opens it again by a `fetch`; and when it is open again, since a notification may
have been missed. Waiting tasks also look from time to time: a peer may vanish without closing the connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import asyncpg

from chassis.db.database import Database
from chassis.db.errors import UNREACHABLE

PATIENCE_SECONDS = 10.0


class Signal:
    """Wakes all waiting tasks. Take `next()` before looking for work, wait for it after: no notification is missed."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def next(self) -> asyncio.Event:
        """Set by the next notification."""
        return self._next

    def notify(self) -> None:
        """Wake all tasks that wait now."""
        self._next.set()
        self._next = asyncio.Event()


async def wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Whether it was set within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


class Listener:
    """Statements, one at a time, outside any pool and each a transaction of its own; and signals by channel."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = asyncio.Lock()
        self._connection: asyncpg.Connection[Any] | None = None
        self._signals: dict[str, tuple[Signal, Callable[[str], bool]]] = {}
        self.generation = 0

    def signal(self, channel: str, *, accepts: Callable[[str], bool] = lambda _payload: True) -> Signal:
        """The signal of a channel; it is set for the payloads that it `accepts`. Ask before the first `fetch`."""
        return self._signals.setdefault(channel, (Signal(), accepts))[0]

    async def fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """Run a statement and return its rows.

        Raises:
            one of chassis.db.UNREACHABLE; asyncpg.PostgresError.
        """
        async with self._lock:
            try:
                # Other tasks wait for the lock: a server that accepts connections but never answers must not block it.
                async with asyncio.timeout(PATIENCE_SECONDS):
                    connection = await self._connected()
                return await connection.fetch(sql, *arguments, timeout=PATIENCE_SECONDS)
            except BaseException as error:
                # Only a statement that the server refused leaves the connection in a known state.
                if not isinstance(error, asyncpg.PostgresError) or isinstance(error, UNREACHABLE):
                    self.close()
                raise

    @property
    def connected(self) -> bool:
        """Whether the connection is open, as far as this process can know."""
        return self._connection is not None and not self._connection.is_closed()

    async def lost_since(self, generation: int) -> bool:
        """Whether the connection of that generation is closed; runs a statement to find out."""
        with suppress(Exception):
            await self.fetch("select 1")
            return self.generation != generation
        return True

    async def _connected(self) -> asyncpg.Connection[Any]:
        if self._connection is None or self._connection.is_closed():
            # Kept before it is whole, so that close() finds it in any case.
            self._connection = await self._db.dedicated()
            self._connection.add_termination_listener(self._lost)
            for channel in self._signals:
                await self._connection.add_listener(channel, self._heard)
            self.generation += 1
            self.notify_all()
        return self._connection

    def _heard(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        signal, accepts = self._signals[channel]
        if accepts(str(payload)):
            signal.notify()

    def _lost(self, connection: object) -> None:
        # Not where it was closed on purpose.
        if connection is self._connection:
            self.notify_all()

    def notify_all(self) -> None:
        """Wake the waiting tasks of all channels."""
        for signal, _ in self._signals.values():
            signal.notify()

    def close(self) -> None:
        """Close the connection at once; the next `fetch` opens another one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
