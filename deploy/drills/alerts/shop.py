"""The running store of the drill, and what is done to it again and again."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import asyncpg

from deploy.drills.failover.relay import Way
from mercat.config import environment
from proofs.attack.people import boss_of
from proofs.products import Variant
from proofs.shopper import OK, Shopper, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

_PAID = "select status = 'paid' from orders where id = $1::uuid"


@dataclass(frozen=True)
class Shop:
    """The running store, an article with enough stock, and the services' way to the mail server."""

    store: ProofStore
    variant: Variant
    mail: Way


def ready(store: ProofStore) -> bool:
    """Whether every process of the store is ready, or has given up at the start, which `mercat up` tells."""
    return all(entry.once or entry.condition in {"ready", "failed"} for entry in store.status().entries)


@asynccontextmanager
async def repeated(act: Callable[[], Awaitable[object]], pause: float, *, at_once: int = 1) -> AsyncIterator[None]:
    """Do it again and again, by so many at once, as long as the block runs; a failed request is part of the harm."""

    async def again() -> None:
        while True:
            with suppress(aiohttp.ClientError, TimeoutError, AssertionError):
                await act()
            await asyncio.sleep(pause)

    tasks = [asyncio.create_task(again()) for _ in range(at_once)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        for failed in (each for each in outcomes if not isinstance(each, asyncio.CancelledError)):
            raise RuntimeError("the cause itself failed") from failed


@asynccontextmanager
async def superuser(store: ProofStore, database: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection of PostgreSQL's administrator."""
    connection = await asyncpg.connect(environment.embedded_database_url(store.store, "postgres", database))
    try:
        yield connection
    finally:
        await connection.close()


async def look(shop: Shop) -> None:
    """Read a product that is in no cache."""
    url = f"{shop.store.plain}/api/v1/products/{uuid.uuid4().hex}"
    async with shop.store.http.get(url, timeout=aiohttp.ClientTimeout(total=10)) as answer:
        await answer.read()


async def buy(shop: Shop) -> None:
    """Order and pay, and look whether it is paid, as the shop's page does."""
    async with shopper(shop.store, https=False) as buyer:
        placed = await buyer.order(shop.variant)
        if placed.status == 201 and await buyer.pay(placed.body, 20) == "bought":
            for _ in range(10):
                await buyer.call("GET", f"/api/v1/orders/{placed.body['order']['id']}/payment")
                await asyncio.sleep(0.3)


async def order(shop: Shop) -> None:
    """Order, without a payment."""
    async with shopper(shop.store, https=False) as buyer:
        await buyer.order(shop.variant)


async def paid(shop: Shop, card: str = OK) -> tuple[str, str]:
    """The id of an order that is paid, and its currency."""
    async with shopper(shop.store, https=False) as buyer:
        return await pay(shop, buyer, await placed(shop, buyer), card)


async def placed(shop: Shop, buyer: Shopper) -> dict[str, Any]:
    """An order that can be paid, as it was answered."""
    answer = await buyer.order(shop.variant)
    if answer.status != 201 or not answer.body["payment"]:
        raise AssertionError(answer)
    return dict(answer.body)


async def pay(shop: Shop, buyer: Shopper, order: dict[str, Any], card: str = OK) -> tuple[str, str]:
    """Pay an order, and wait until it is paid; its id and its currency."""
    confirmed = await buyer.confirm(order["payment"], card)
    if confirmed.status != 200:
        raise AssertionError(confirmed)
    name = order["order"]["id"]
    await eventually(lambda: shop.store.value("orders", _PAID, name), 60, "a paid order")
    return name, str(await shop.store.value("orders", "select currency from orders where id = $1::uuid", name))


async def intent_of(shop: Shop, order: str) -> str:
    """The id of an order's payment at the provider."""
    return str(await shop.store.value("payments", "select intent_id from payments where order_id = $1::uuid", order))


async def as_staff(shop: Shop, path: str, body: Any = None) -> Any:
    """Post to the API for staff as an administrator; the answer's body."""
    async with boss_of(shop.store, https=False) as boss:
        answer = await boss.call("POST", f"/api/v1/admin/{path}", json=body, **{"Idempotency-Key": uuid.uuid4().hex})
    if answer.status not in {200, 201}:
        raise AssertionError(answer)
    return answer.body


async def refunded_by_staff(shop: Shop, order: str, money: dict[str, Any]) -> None:
    """Have staff give so much back, of no piece."""
    await as_staff(shop, f"orders/{order}/refunds", {"amount": money, "expected_total": money, "reason": "other"})


async def run_now(shop: Shop, service: str, work: str) -> None:
    """Let periodic work run now, and wait until it has ended."""
    async with superuser(shop.store, service) as connection:
        began = await connection.fetchval(
            "update job_schedule set next_at = now() where name = $1 returning now()", work
        )
        sql = "select ended_at > $2 and leased_until <= now() from job_schedule where name = $1"
        await eventually(lambda: connection.fetchval(sql, work, began), 120, f"{work} to run")
