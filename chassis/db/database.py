"""PostgreSQL: reading and writing as different types, one transaction a `write()`.

A handler never sees a connection. What is committed is committed when the `write()` block ends, which is before any
answer is sent. Hand-written SQL; rows become the class that is asked for.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, TypeVar

import asyncpg

from chassis import telemetry
from chassis.db.connection import Connection, connect, prepare
from chassis.db.errors import CONTENTION, UNREACHABLE
from chassis.db.pools import READ, REPORT, WRITE, acquired, states
from chassis.db.transactions import OneStatement, ReadTx, ReportTx, WriteTx

__all__ = ["Database", "ReadTx", "ReportTx", "WriteTx", "in_transaction"]

T = TypeVar("T")
R = TypeVar("R", ReadTx, ReportTx)
W = TypeVar("W", bound=WriteTx)

_in_transaction: ContextVar[bool] = ContextVar("in_transaction", default=False)
_RETRIES = 3
CLOSE_SECONDS = 5.0
# Longer than the server lets a statement run: one that said nothing for so long is not there any more.
SILENCE_SECONDS = 20.0
# A pool shrinks to what was used of late: each connection costs the server 3 to 6 MB.
SHRINK_SECONDS = 60.0
# Of the spans of transactions.
_SERVER = {"db.system.name": "postgresql"}
# Connections to a replica: reports are few, and wait for each other.
REPORTS = 2


def in_transaction() -> bool:
    """Whether the caller runs inside a `write()` block. Nothing that waits for a network may."""
    return _in_transaction.get()


class Database:
    """A pool for writing and one that the server itself keeps from writing."""

    def __init__(
        self,
        url: str,
        *,
        name: str,
        size: int = 10,
        statement_cache: bool = True,
        followed: bool = True,
        followed_outside: bool = True,
        reader_url: str | None = None,
        lock_seconds: float = 5,
    ) -> None:
        """`followed`: whether events are written (chassis.outbox); `followed_outside`: those too that no service here
        handles. `reader_url`: of a replica for reports.
        """
        self._url = url
        self._reader_url = reader_url
        self._lock_timeout = f"{int(lock_seconds * 1000)}ms"
        self._followed, self._followed_outside = followed, followed_outside
        self._name = name
        self._size = size
        self._cache = 100 if statement_cache else 0
        self._writers: asyncpg.Pool[Any] | None = None
        self._readers: asyncpg.Pool[Any] | None = None
        self._reports: asyncpg.Pool[Any] | None = None

    async def connect(self) -> None:
        """Open the pools, all or none; nothing where they are open.

        Raises:
            one of UNREACHABLE.
        """
        if self._writers is not None:
            return
        wanted = [(self._url, "off", self._size, 1), (self._url, "on", self._size, 1)]
        if self._reader_url:
            # It opens none until a report is asked for: without its replica a service serves all else.
            wanted.append((self._reader_url, "on", REPORTS, 0))
        pools: list[asyncpg.Pool[Any]] = []
        try:
            for each in wanted:
                pools.append(await self._pool(*each))  # noqa: PERF401 -- those made are closed where the next fails
        except BaseException:
            for pool in pools:
                pool.terminate()
            raise
        self._writers, self._readers, self._reports = pools[0], pools[1], pools[-1]

    async def _pool(self, url: str, read_only: str, size: int, at_rest: int) -> asyncpg.Pool[Any]:
        return await asyncpg.create_pool(
            url,
            min_size=at_rest,
            max_size=size,
            max_inactive_connection_lifetime=SHRINK_SECONDS,
            timeout=5,
            command_timeout=SILENCE_SECONDS,
            statement_cache_size=self._cache,
            connect=connect,
            connection_class=Connection,
            init=prepare,
            server_settings=self._session(read_only),
        )

    def _session(self, read_only: str) -> dict[str, str]:
        # A statement or transaction that hangs must not hold rows, nor hold back the feed (see chassis.outbox).
        return {
            "application_name": self._name,
            "timezone": "UTC",
            "default_transaction_read_only": read_only,
            "statement_timeout": "15s",
            "lock_timeout": self._lock_timeout,
            "idle_in_transaction_session_timeout": "10s",
            "transaction_timeout": "30s",
            "jit": "off",
        }

    async def close(self) -> None:
        """Close the pools. A server that no longer answers is not waited for."""
        for pool in dict.fromkeys((self._writers, self._readers, self._reports)):
            if pool is not None:
                try:
                    async with asyncio.timeout(CLOSE_SECONDS):
                        await pool.close()
                except UNREACHABLE:
                    pool.terminate()

    def read(self) -> AbstractAsyncContextManager[ReadTx]:
        """Reads, each statement in a snapshot of its own."""
        return telemetry.around("read", "client", _SERVER, self._reading(READ, self._readers, ReadTx))

    def report(self) -> AbstractAsyncContextManager[ReportTx]:
        """Reads for an export, a report or a sitemap: of the replica where there is one, which may be behind."""
        return telemetry.around("report", "client", _SERVER, self._reading(REPORT, self._reports, ReportTx))

    @asynccontextmanager
    async def _reading(self, name: str, pool: asyncpg.Pool[Any] | None, kind: type[R]) -> AsyncIterator[R]:
        assert pool is not None, "connect() first"  # noqa: S101 -- narrows the type
        connection = await acquired(name, pool)
        try:
            yield kind(connection)
        except Exception as error:
            await self._failed(connection, error)
            raise
        finally:
            await pool.release(connection)

    async def _failed(self, connection: Any, error: BaseException) -> None:
        """End a connection whose commit was given up; use no open one where the server is gone, or is no primary."""
        try:
            if connection.given_up:
                connection.terminate()
            gone = connection.is_closed()
        except (asyncpg.InterfaceError, AttributeError):  # it was closed, and the pool has let it go
            gone = True
        if (gone and isinstance(error, Exception)) or isinstance(error, asyncpg.ReadOnlySQLTransactionError):
            for pool in (self._writers, self._readers, self._reports):
                if pool is not None:
                    await pool.expire_connections()

    def write(self) -> AbstractAsyncContextManager[WriteTx]:
        """One READ COMMITTED transaction: committed at the block's end, rolled back when it raises."""
        return telemetry.around("write", "client", _SERVER, self._writing(WriteTx))

    def write_one(self) -> AbstractAsyncContextManager[WriteTx]:
        """A transaction of exactly one statement: without the two round trips of begin and commit.

        Raises:
            RuntimeError: at a second statement, which would not be in the same transaction.
        """
        return telemetry.around("write", "client", _SERVER, self._writing(OneStatement))

    @asynccontextmanager
    async def _writing(self, kind: type[W]) -> AsyncIterator[W]:
        assert self._writers is not None, "connect() first"  # noqa: S101 -- narrows the type
        if in_transaction():
            raise RuntimeError("a transaction inside a transaction: pass the WriteTx on instead")
        connection = await acquired(WRITE, self._writers)
        tx = kind(connection, followed=self._followed, followed_outside=self._followed_outside)
        token = _in_transaction.set(True)
        committed = False
        try:
            one: Any = connection
            one.committing(kind is OneStatement)
            async with nullcontext() if kind is OneStatement else connection.transaction():
                yield tx
                one.committing(True)
            committed = True
        except BaseException as error:
            await self._failed(connection, error)
            raise
        finally:
            _in_transaction.reset(token)
            tx.ended(committed=committed)
            await self._writers.release(connection)

    async def transact(self, body: Callable[[WriteTx], Awaitable[T]]) -> T:
        """`body` in a transaction, again up to 3 times after a lost deadlock: for bodies that lock several rows."""
        for attempt in range(1, _RETRIES + 1):
            try:
                async with self.write() as tx:
                    return await body(tx)
            except CONTENTION:
                # Back at once, it could take its first lock again before the one that won has woken, and lose again.
                await asyncio.sleep(random.uniform(0.02, 0.05) * attempt)  # noqa: S311 -- spreads those who collided
        async with self.write() as tx:
            return await body(tx)

    async def dedicated(self) -> asyncpg.Connection[Any]:
        """A connection outside the pools, for LISTEN and the job runner: the chassis' own use.

        Its few statements run all the time and read by index: they are planned once. To plan the exchange of jobs again
        takes three times as long as to run it. One that is given up is not cancelled: the server's timeout ends it.
        """
        connection = await connect(
            self._url,
            timeout=5,
            command_timeout=SILENCE_SECONDS,
            statement_cache_size=self._cache,
            connection_class=Connection,
            server_settings={
                "application_name": f"{self._name}-dedicated",
                "timezone": "UTC",
                "jit": "off",
                "statement_timeout": "15s",
                "plan_cache_mode": "force_generic_plan",
                # A plan made while a table is nearly empty must also be good when it has grown.
                "enable_seqscan": "off",
            },
        )
        own: Any = connection
        own.committing(True)
        return connection

    def pool_state(self) -> dict[str, tuple[int, int, int]]:
        """For the metrics: of each pool, the connections open, those in use, and the most of them."""
        report = self._reports if self._reader_url else None
        return states({WRITE: self._writers, READ: self._readers, REPORT: report})
