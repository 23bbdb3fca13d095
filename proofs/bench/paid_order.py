"""CPU of the whole system per paid order: all processes except the Stripe double, the portal and the buyers."""

from __future__ import annotations

import asyncio
import time

from proofs.bench.figures import Figure, parts_of
from proofs.bench.load import cpu_seconds
from proofs.products import Variant, set_stock, variants
from proofs.shopper import shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

WARM_UP, ORDERS, AT_ONCE = 40, 200, 8
TARGET = 10.0
NOT_THE_SYSTEM = ("stripe_double", "portal")


async def run(store: ProofStore) -> list[Figure]:
    """The figure, its parts by process, and the orders a second."""
    several = (await variants(store))[:20]
    for variant in several:
        await set_stock(store, variant, 1_000)
    await buy(store, several, WARM_UP)
    before, began = _cpu(store), time.perf_counter()
    await buy(store, several, ORDERS)
    seconds = time.perf_counter() - began
    spent = {name: (after - before[name]) * 1000 / ORDERS for name, after in _cpu(store).items()}
    system = {name: cost for name, cost in spent.items() if name not in NOT_THE_SYSTEM}
    total = Figure("paid_order.cpu", "one order, placed to paid", sum(system.values()), "ms CPU", "cpu", target=TARGET)
    rate = Figure(
        "paid_order.rate", f"orders, {AT_ONCE} buyers at once", ORDERS / seconds, "a second", "rate", rising=True
    )
    return [*parts_of(total, system), rate]


def _cpu(store: ProofStore) -> dict[str, float]:
    """CPU seconds so far, by process."""
    return {entry.name: cpu_seconds([entry.pid]) for entry in store.status().entries if entry.pid and not entry.once}


async def buy(store: ProofStore, several: list[Variant], orders: int) -> None:
    """Place and pay so many orders, a few at once; until all are paid."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate, shopper(store, https=False) as buyer:
            outcome = await buyer.buy(several[number % len(several)])
            assert outcome == "bought", outcome

    already = int(await store.value("orders", "select count(*) from orders where status = 'paid'"))
    await asyncio.gather(*(one(number) for number in range(orders)))

    async def all_paid() -> bool:
        return int(await store.value("orders", "select count(*) from orders where status = 'paid'")) == already + orders

    await eventually(all_paid, 60, "every order to be paid")
