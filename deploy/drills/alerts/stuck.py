"""What causes pages by standing still or ending again and again: transactions, processes, payments, the books."""

from __future__ import annotations

import asyncio
import os
import signal
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from deploy.drills.alerts.causes import killed
from deploy.drills.alerts.shop import Shop, buy, order, repeated, superuser
from proofs.waiting import eventually

# Events behind one that fails; the page asks for 50.
_EVENTS = 60
_POISON = """
insert into outbox (type, aggregate, aggregate_id, version, data)
select 'payment.captured', 'payment', $1, version, '{}' from generate_series(1, $2::int) version
"""
_OPEN = "provider_state_known_at is null and next_check_at is not null"
_UNKNOWN = f"select count(*) from payments where {_OPEN}"
_LOOK_UP = "update payments set next_check_at = now(), version = version + 1 where next_check_at is not null"
# The page asks for 5.
_PAYMENTS = 6


@asynccontextmanager
async def transaction_long(shop: Shop) -> AsyncIterator[None]:
    """Somebody's session has looked at orders, and its transaction stays open."""
    async with superuser(shop.store, "orders") as connection, connection.transaction():
        await connection.execute("set local application_name = 'psql'; select 1")
        yield


@asynccontextmanager
async def table_held(shop: Shop) -> AsyncIterator[None]:
    """A transaction has locked the payments against writers, and stays open while shoppers order and pay."""
    async with _transaction_open(shop, "set local application_name = 'psql'; lock table payments in exclusive mode"):
        yield


@asynccontextmanager
async def _transaction_open(shop: Shop, sql: str) -> AsyncIterator[None]:
    """A transaction in payments that has run this stays open, while shoppers order and pay."""
    async with (
        superuser(shop.store, "payments") as connection,
        connection.transaction(),
        repeated(lambda: buy(shop), 0.2, at_once=4),
    ):
        await connection.execute(sql)
        yield


@asynccontextmanager
async def mails_not_sent(shop: Shop) -> AsyncIterator[None]:
    """The mail server does not answer the services, while shoppers buy; then it does, and they buy again."""
    shop.mail.open.clear()
    try:
        async with repeated(lambda: buy(shop), 0.2, at_once=2):
            yield
    finally:
        shop.mail.open.set()
    await buy(shop)


@asynccontextmanager
async def feed_held(shop: Shop) -> AsyncIterator[None]:
    """A transaction with an id stays open in payments, so its feed goes no further, while shoppers order and pay."""
    async with _transaction_open(shop, "select pg_current_xact_id()"):
        yield


@asynccontextmanager
async def books_held(shop: Shop) -> AsyncIterator[None]:
    """The books are begun anew, and their first check waits for a table that a transaction has locked."""
    async with superuser(shop.store, "payments") as connection, connection.transaction():
        await connection.execute("lock table ledger_entries in access exclusive mode")
        for entry in shop.store.processes("books"):
            shop.store.kill(entry)
        yield


@asynccontextmanager
async def loop_blocked(shop: Shop) -> AsyncIterator[None]:
    """A process does nothing for one and a half seconds, again and again."""

    async def block() -> None:
        stopped = [entry.pid for entry in shop.store.processes("payments") if entry.pid is not None]
        try:
            _signal(stopped, signal.SIGSTOP)
            await asyncio.sleep(1.5)
        finally:
            _signal(stopped, signal.SIGCONT)

    async with repeated(block, 0.4):
        yield


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


@asynccontextmanager
async def restarted(shop: Shop) -> AsyncIterator[None]:
    """A process is killed whenever Prometheus has seen that it runs again."""
    ended = set[str]()

    async def kill() -> None:
        began = await _began(shop, "payments")
        if began and began not in ended:
            ended.add(began)
            for entry in shop.store.processes("payments"):
                with suppress(ProcessLookupError):
                    shop.store.kill(entry)

    async with repeated(kill, 0.2):
        yield


async def _began(shop: Shop, service: str) -> str:
    """When the service's process began, as Prometheus knows now; nothing where it is not scraped."""
    query = {"query": f'process_start_time_seconds{{job="services",service="{service}"}}'}
    url = f"{shop.store.store.url('prometheus')}/api/v1/query"
    async with shop.store.http.get(url, params=query) as answer:
        found: list[dict[str, Any]] = (await answer.json())["data"]["result"]
    return str(found[0]["value"][1]) if found else ""


@asynccontextmanager
async def given_up(shop: Shop) -> AsyncIterator[None]:
    """An event of payments that orders cannot read, with many behind it; and a job that has had all its tries.

    The events stay in the log, since orders stands there: without them following would halt.
    """
    aggregate = uuid.uuid4()
    async with superuser(shop.store, "payments") as payments, superuser(shop.store, "orders") as orders:
        values = "('orders.mail', '{}', 8, now(), 'a drill')"
        job = await orders.fetchval(
            f"insert into jobs (name, payload, tries, held_at, error) values {values} returning id"
        )
        await payments.execute(_POISON, aggregate, _EVENTS)
        try:
            yield
        finally:
            await orders.execute("delete from inbox_dead where aggregate_id = $1", aggregate)
            await orders.execute("delete from jobs where id = $1", job)


@asynccontextmanager
async def payments_unknown(shop: Shop) -> AsyncIterator[None]:
    """The provider does what it is asked and answers 500, for six minutes by the times that are stored."""
    await shop.store.double_control("faults", {"fail_after_commit": 1_000_000})
    try:
        async with superuser(shop.store, "payments") as connection:
            async with repeated(lambda: order(shop), 0.2, at_once=2):
                await eventually(lambda: _several(connection), 60, f"{_PAYMENTS} payments of unknown outcome")
            older = f"update payments set created_at = created_at - interval '6 minutes' where {_OPEN}"
            await connection.execute(f"set session_replication_role = replica; {older}")
            yield
    finally:
        await shop.store.double_control("faults", {})
        async with superuser(shop.store, "payments") as connection:
            await connection.execute(_LOOK_UP)


async def _several(connection: Any) -> bool:
    return bool(await connection.fetchval(_UNKNOWN) >= _PAYMENTS)


@asynccontextmanager
async def provider_refuses(shop: Shop) -> AsyncIterator[None]:
    """The shop's account at the provider takes no payments, while shoppers order."""
    await shop.store.double_control("faults", {"account_inactive": True})
    try:
        async with repeated(lambda: order(shop), 0.1, at_once=4):
            yield
    finally:
        await shop.store.double_control("faults", {})


books_killed = killed("books")
