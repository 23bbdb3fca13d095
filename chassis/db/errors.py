"""Exceptions of PostgreSQL's client, grouped by what they say about the database."""

from __future__ import annotations

import socket

import asyncpg

# Lost against another transaction: nothing was done.
CONTENTION = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
# A connection was cut: the server ends, or it ended this one alone, which a statement can bring about.
CUT: tuple[type[BaseException], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
# There is no connection to be had, here or to another server.
AWAY: tuple[type[BaseException], ...] = (
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    ConnectionError,
    socket.gaierror,
)
# What a database that is away, full or stuck raises, before or during a statement. A statement may also be at fault
# itself: one that always takes too long looks the same.
UNREACHABLE: tuple[type[BaseException], ...] = (
    *CUT,
    *AWAY,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
    *CONTENTION,
    TimeoutError,
)
