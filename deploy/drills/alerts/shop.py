"""The running store of the drill, and what is done to it again and again."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import aiohttp
import asyncpg

from mercat.config import environment
from proofs.products import Variant
from proofs.shopper import shopper
from proofs.store import ProofStore


@dataclass(frozen=True)
class Shop:
    """The running store, and an article with enough stock."""

    store: ProofStore
    variant: Variant


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
