"""Shoppers who buy until they are stopped, and a journal of what the store acknowledged to them, and when."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp

from proofs.products import Variant, variants
from proofs.shopper import shopper
from proofs.store import ProofStore

SHOPPERS, PAUSE = 3, 0.2
# Every so many orders one is left unpaid.
UNPAID = 5


@dataclass(frozen=True)
class Acknowledged:
    """An order that was asked for and then answered with 201, by this machine's clock, which is the database's too."""

    order_id: str
    asked: datetime
    at: datetime


@dataclass
class Journal:
    """All acknowledged orders, in order, and those whose payment the provider accepted."""

    orders: list[Acknowledged] = field(default_factory=list)
    paid: set[str] = field(default_factory=set)

    def before(self, moment: datetime) -> set[str]:
        """The orders that had been acknowledged by then."""
        return {order.order_id for order in self.orders if order.at <= moment}

    def after(self, moment: datetime) -> set[str]:
        """The orders that were asked for later: others may have been written by then, or not."""
        return {order.order_id for order in self.orders if order.asked > moment}


@dataclass(frozen=True)
class Loss:
    """Acknowledged orders that a restored database lacks, and the time from the oldest of them to the disaster."""

    orders: int
    time: timedelta


def loss(orders: Iterable[Acknowledged], there: set[str], disaster: datetime) -> Loss:
    """What was lost of the orders acknowledged before a disaster."""
    lost = [order.at for order in orders if order.at <= disaster and order.order_id not in there]
    return Loss(len(lost), disaster - min(lost) if lost else timedelta())


async def sell(store: ProofStore, journal: Journal, end: asyncio.Event) -> None:
    """Have shoppers buy until `end`."""
    goods = [each for each in await variants(store) if each.available >= 10]
    async with asyncio.TaskGroup() as group:
        for number in range(SHOPPERS):
            group.create_task(_shopper(store, journal, goods[number::SHOPPERS], end))


async def _shopper(store: ProofStore, journal: Journal, goods: list[Variant], end: asyncio.Event) -> None:
    for number in itertools.count():
        if end.is_set():
            return
        with suppress(aiohttp.ClientError, TimeoutError):  # nothing was acknowledged
            async with shopper(store) as buyer:
                asked = datetime.now(UTC)
                placed = await buyer.order(goods[number % len(goods)])
                if placed.status == 201:
                    order_id = str(placed.body["order"]["id"])
                    journal.orders.append(Acknowledged(order_id, asked, datetime.now(UTC)))
                    if number % UNPAID and placed.body["payment"] is not None:
                        answer = await buyer.confirm(placed.body["payment"], "pm_card_visa")
                        journal.paid |= {order_id} if answer.status == 200 else set()
        await asyncio.sleep(PAUSE)
