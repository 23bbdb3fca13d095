"""CPU of the whole system per paid order: all processes except the Stripe double, the portal and the buyers."""

from __future__ import annotations

import asyncio
import time

from proofs.bench.load import cpu_seconds, verdict
from proofs.products import Variant, set_stock, variants
from proofs.shopper import shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

WARM_UP, ORDERS, AT_ONCE = 40, 200, 8
TARGET = 10.0
NOT_THE_SYSTEM = ("stripe_double", "portal")


async def run(store: ProofStore) -> list[str]:
    """The figure, its parts by process, and the orders a second."""
    several = (await variants(store))[:20]
    for variant in several:
        await set_stock(store, variant, 1_000)
    await _buy(store, several, WARM_UP)
    before, began = _cpu(store), time.perf_counter()
    await _buy(store, several, ORDERS)
    seconds = time.perf_counter() - began
    spent = {name: (after - before[name]) * 1000 / ORDERS for name, after in _cpu(store).items()}
    system = {name: cost for name, cost in spent.items() if name not in NOT_THE_SYSTEM}
    total = sum(system.values())
    parts = ", ".join(f"{name} {cost:.2f}" for name, cost in sorted(system.items(), key=lambda item: -item[1]))
    return [
        f"one order, placed to paid: {total:.2f} ms CPU (target <= {TARGET:.0f} ms: {verdict(total, TARGET)})",
        f"  of which: {parts}",
        f"  {ORDERS / seconds:.0f} orders a second with {AT_ONCE} buyers at once",
    ]


def _cpu(store: ProofStore) -> dict[str, float]:
    """CPU seconds so far, by process."""
    return {entry.name: cpu_seconds([entry.pid]) for entry in store.status().entries if entry.pid and not entry.once}


async def _buy(store: ProofStore, several: list[Variant], orders: int) -> None:
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
