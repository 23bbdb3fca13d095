"""What causes each page: a context manager that does harm to a running store, and cures it at its end."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress

from deploy.drills.alerts import books
from deploy.drills.alerts.shop import Shop, buy, look, order, repeated, superuser
from mercat.edge import certificates

# Where orders stands in the log of payments.
_CURSOR = "where producer = 'payments'"
Cause = Callable[["Shop"], AbstractAsyncContextManager[None]]


def killed(name: str) -> Cause:
    """The process is killed whenever it has been restarted."""

    @asynccontextmanager
    async def cause(shop: Shop) -> AsyncIterator[None]:
        async def kill() -> None:
            for entry in shop.store.processes(name):
                with suppress(ProcessLookupError):
                    shop.store.kill(entry)

        async with repeated(kill, 0.05):
            yield

    return cause


@asynccontextmanager
async def table_locked(shop: Shop) -> AsyncIterator[None]:
    """A migration that locks a table of the catalog, while shoppers look at products."""
    lookers = repeated(lambda: look(shop), 0.2, at_once=150)  # EdgeErrors asks for 100 answers in 15 seconds
    async with superuser(shop.store, "catalog") as connection, lookers, connection.transaction():
        await connection.execute("lock table products in access exclusive mode")
        yield


@asynccontextmanager
async def pool_full(shop: Shop) -> AsyncIterator[None]:
    """A table is locked most of the time, so that requests wait for a connection of the pool and then go on."""
    async with superuser(shop.store, "catalog") as connection:

        async def lock() -> None:
            async with connection.transaction():
                await connection.execute("lock table products in access exclusive mode")
                await asyncio.sleep(0.7)

        async with repeated(lock, 0.1), repeated(lambda: look(shop), 0, at_once=40):
            yield


@asynccontextmanager
async def follower_held(shop: Shop) -> AsyncIterator[None]:
    """A transaction holds where orders stands in the log of payments, which then is three minutes behind."""
    async with superuser(shop.store, "orders") as first, superuser(shop.store, "orders") as second:
        behind = f"update inbox_cursor set keeping_up = false, current_to = now() - interval '3 minutes' {_CURSOR}"
        late = f"select not keeping_up and now() - current_to > interval '2 minutes' from inbox_cursor {_CURSOR}"
        for _ in range(50):  # the follower may be the next to have the row
            async with second.transaction():
                async with first.transaction():
                    await first.execute(behind)
                    waiting = asyncio.create_task(second.execute(f"select from inbox_cursor {_CURSOR} for update"))
                    await asyncio.sleep(0.05)
                await waiting
                if await second.fetchval(late):
                    yield
                    return
        raise RuntimeError("the cursor of orders could not be held")


@asynccontextmanager
async def feed_halted(shop: Shop) -> AsyncIterator[None]:
    """Orders has stopped following payments, as it does where the log that it knew is gone."""
    async with superuser(shop.store, "orders") as connection:
        await connection.execute(f"update inbox_cursor set halted = 'a drill' {_CURSOR}")
        try:
            yield
        finally:
            await connection.execute(f"update inbox_cursor set halted = null {_CURSOR}")


@asynccontextmanager
async def jobs_late(shop: Shop) -> AsyncIterator[None]:
    """A job of orders has been due for twenty minutes, and a transaction holds it."""
    async with superuser(shop.store, "orders") as connection, superuser(shop.store, "orders") as holder:
        values = "('drill', '{}', now() - interval '20 minutes')"
        job = await connection.fetchval(f"insert into jobs (name, payload, run_at) values {values} returning id")
        try:
            async with holder.transaction():
                await holder.execute("select from jobs where id = $1 for update", job)
                yield
        finally:
            await connection.execute("delete from jobs where id = $1", job)


@asynccontextmanager
async def provider_away(shop: Shop) -> AsyncIterator[None]:
    """The payment provider is killed whenever it has been restarted, while shoppers order."""
    async with killed("stripe_double")(shop), repeated(lambda: order(shop), 0.2, at_once=3):
        yield


@asynccontextmanager
async def webhooks_lost(shop: Shop) -> AsyncIterator[None]:
    """The provider's webhooks do not arrive, while shoppers buy; the last that came is half an hour old."""
    lost: dict[str, dict[str, object]] = {"webhooks": {"lost": True}}
    await shop.store.double_control("faults", lost)
    try:
        async with superuser(shop.store, "payments") as connection, repeated(lambda: buy(shop), 0.2, at_once=3):
            older = "update provider_events set received_at = received_at - interval '31 minutes'"
            await connection.execute(f"set session_replication_role = replica; {older}")
            yield
    finally:
        await shop.store.double_control("faults", {})
    for _ in range(3):
        await buy(shop)


@asynccontextmanager
async def webhooks_forged(shop: Shop) -> AsyncIterator[None]:
    """Somebody sends webhooks with a wrong signature."""

    async def forge() -> None:
        headers = {"Stripe-Signature": "t=1,v1=00", "Content-Type": "application/json"}
        async with shop.store.http.post(f"{shop.store.plain}/webhooks/stripe", data=b"{}", headers=headers) as answer:
            await answer.read()

    async with repeated(forge, 0.05, at_once=4):
        yield


@asynccontextmanager
async def books_wrong(shop: Shop) -> AsyncIterator[None]:
    """Each fault that pages is planted in the books of this store, and taken back."""
    for _ in range(2):
        await buy(shop)
    async with AsyncExitStack() as stack:
        for service, harm, cure in books.FAULTS.values():
            connection = await stack.enter_async_context(superuser(shop.store, service))
            await connection.execute(f"set session_replication_role = replica; {harm}")  # no trigger fires
            stack.push_async_callback(connection.execute, cure)
        yield


@asynccontextmanager
async def certificate_old(shop: Shop) -> AsyncIterator[None]:
    """The edge starts with a certificate that expires in two days, and is given another one as it runs."""
    folder = shop.store.store.certificates
    names = ("localhost.pem", "localhost.key")
    before = {name: (folder / name).read_bytes() for name in names}
    for name in names:
        (folder / name).unlink()
    certificates.ensure(folder, now=dt.datetime.now(dt.UTC) - dt.timedelta(days=certificates.LEAF_DAYS - 2))
    try:
        for entry in shop.store.processes("traefik"):
            shop.store.kill(entry)
        yield
    finally:
        for name, content in before.items():
            (folder / name).write_bytes(content)
        os.utime(shop.store.store.run / "routes.yml")
