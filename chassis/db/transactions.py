"""What a use case may do in the database: `ReadTx` reads, `WriteTx` also changes, `ReportTx` reads what may be old.

chassis.db gives them out; nobody makes one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import asyncpg

from chassis import telemetry
from chassis.db.connection import timed

T = TypeVar("T")

_log = telemetry.logger(__name__)


class _Reading:
    """Statements that change nothing."""

    __slots__ = ("_connection",)

    def __init__(self, connection: asyncpg.pool.PoolConnectionProxy[Any]) -> None:
        self._connection = connection

    async def value(self, sql: str, *arguments: Any) -> Any:
        """The first column of the first row, or None."""
        return await self._connection.fetchval(sql, *arguments)

    async def row(self, into: Callable[..., T], sql: str, *arguments: Any) -> T | None:
        """The first row as `into(column=value, ...)`, or None."""
        record = await self._connection.fetchrow(sql, *arguments)
        return None if record is None else into(**record)

    async def rows(self, into: Callable[..., T], sql: str, *arguments: Any) -> list[T]:
        """Every row as `into(column=value, ...)`."""
        return [into(**record) for record in await self._connection.fetch(sql, *arguments)]

    async def rows_planned(self, into: Callable[..., T], sql: str, *arguments: Any) -> list[T]:
        """As `rows`, planned for these arguments each time, for one round trip more: where they decide which way is
        quick. Else PostgreSQL takes one plan for all of them once a connection has run the statement five times.
        """
        statement = await self._connection.prepare(sql, name="")
        return [into(**record) for record in await timed(statement.fetch(*arguments))]


class ReadTx(_Reading):
    """Reads what has committed."""

    __slots__ = ()


class ReportTx(_Reading):
    """Reads for exports, reports and sitemaps, perhaps on a replica that is behind: never to decide a change by it.

    No kind of ReadTx, so that what stock, carts, sessions and idempotency read by cannot be given one.
    """

    __slots__ = ()

    async def age(self) -> float:
        """Seconds since what is read was true; 0 where nothing is behind."""
        return float(await self.value(_AGE))


# A replica that is connected and has replayed all that it received is not behind, however long ago the last change was.
_AGE = """
select case when not pg_is_in_recovery() then 0
            when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
                 and exists (select from pg_stat_wal_receiver) then 0
            else coalesce(extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()), 0) end
"""


class WriteTx(ReadTx):
    """Statements of one transaction that may change rows. `followed`: whether anybody reads this service's events;
    `followed_outside`: whether somebody who is not of this repository does.
    """

    __slots__ = ("_at_end", "followed", "followed_outside")

    def __init__(
        self,
        connection: asyncpg.pool.PoolConnectionProxy[Any],
        *,
        followed: bool = True,
        followed_outside: bool = True,
    ) -> None:
        super().__init__(connection)
        self.followed, self.followed_outside = followed, followed_outside
        self._at_end: list[tuple[Callable[[], object], Callable[[], object] | None]] = []

    def after_commit(self, call: Callable[[], object], otherwise: Callable[[], object] | None = None) -> None:
        """Call this once the transaction has committed; `otherwise` where it rolled back or nobody knows. Both must be
        quick and must not raise. A process may die before it is called: what must happen is a job, too.
        """
        self._at_end.append((call, otherwise))

    def ended(self, *, committed: bool) -> None:
        """For chassis.db: the transaction is over."""
        for call, otherwise in self._at_end:
            wanted = call if committed else otherwise
            try:
                if wanted is not None:
                    wanted()
            except Exception as error:  # noqa: BLE001 -- what has committed must not look as if it had failed
                _log.exception("after_commit.failed", error=error)

    async def execute(self, sql: str, *arguments: Any) -> int:
        """Run a statement; how many rows it touched."""
        status = await self._connection.execute(sql, *arguments)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def execute_many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run a statement for each row, in one round trip."""
        await self._connection.executemany(sql, rows)


class OneStatement(WriteTx):
    """Runs one statement, which PostgreSQL commits by itself."""

    __slots__ = ("_spent",)

    def __init__(
        self,
        connection: asyncpg.pool.PoolConnectionProxy[Any],
        *,
        followed: bool = True,
        followed_outside: bool = True,
    ) -> None:
        super().__init__(connection, followed=followed, followed_outside=followed_outside)
        self._spent = False

    def _spend(self) -> None:
        if self._spent:
            raise RuntimeError(
                "a second statement in write_one(): use write(), or the two would not be one transaction"
            )
        self._spent = True

    async def value(self, sql: str, *arguments: Any) -> Any:
        """As ReadTx.value."""
        self._spend()
        return await super().value(sql, *arguments)

    async def row(self, into: Callable[..., T], sql: str, *arguments: Any) -> T | None:
        """As ReadTx.row."""
        self._spend()
        return await super().row(into, sql, *arguments)

    async def rows(self, into: Callable[..., T], sql: str, *arguments: Any) -> list[T]:
        """As ReadTx.rows."""
        self._spend()
        return await super().rows(into, sql, *arguments)

    async def rows_planned(self, into: Callable[..., T], sql: str, *arguments: Any) -> list[T]:
        """As ReadTx.rows_planned."""
        self._spend()
        return await super().rows_planned(into, sql, *arguments)

    async def execute(self, sql: str, *arguments: Any) -> int:
        """As WriteTx.execute."""
        self._spend()
        return await super().execute(sql, *arguments)

    async def execute_many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """As WriteTx.execute_many."""
        self._spend()
        await super().execute_many(sql, rows)
