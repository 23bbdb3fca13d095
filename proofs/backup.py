"""P11: a store is backed up and restored: earlier orders exist, later ones do not, and new ones can be placed."""

from __future__ import annotations

import asyncio

from proofs.products import Variant, variants
from proofs.shopper import shopper
from proofs.store import ProofStore

TITLE = "P11: back up the store, sell more, restore it"


async def prove(store: ProofStore) -> list[str]:
    """Run the proof; the caller checks the records."""
    file = store.store.state.parent / "backup.tar.gz"
    variant = next(variant for variant in await variants(store) if variant.available >= 10)
    kept = await asyncio.gather(*(_buy(store, variant) for _ in range(3)))
    await store.mercat("backup", str(file))
    later = await asyncio.gather(*(_buy(store, variant) for _ in range(3)))
    await store.mercat("down")
    await store.mercat("restore", str(file))
    await store.mercat("up", "--replicas", str(store.store.replicas))
    there = {str(row["id"]) for row in await store.rows("orders", "select id from orders")}
    complaints = [f"the order {order} is in the backup and is missing" for order in kept if order not in there]
    complaints += [f"the order {order} was made after the backup and exists" for order in later if order in there]
    await _buy(store, variant)
    print(f"  {len(kept)} orders were restored, {len(later)} later ones are gone, and a new one was paid", flush=True)
    return complaints


async def _buy(store: ProofStore, variant: Variant) -> str:
    """Buy a unit; returns the id of the paid order."""
    async with shopper(store) as buyer:
        placed = await buyer.order(variant)
        assert placed.status == 201, placed
        outcome = await buyer.pay(placed.body)
        assert outcome == "bought", outcome
        order = str(placed.body["order"]["id"])
        await buyer.until(order, "paid")
        return order
