"""P11: a store is backed up and restored: its records agree, later orders are gone, and orders can be placed."""

from __future__ import annotations

import asyncio

from proofs.scenery import Variant, variants
from proofs.shopper import shopper
from proofs.store import ProofStore, mercat

TITLE = "P11: keep the store, sell on, bring it back"


async def prove(store: ProofStore) -> list[str]:
    """What went wrong; prints what went well. The books are read by who calls."""
    file = store.store.state.parent / "kept.tar.gz"
    variant = next(variant for variant in await variants(store) if variant.available >= 10)
    kept = await asyncio.gather(*(_buy(store, variant) for _ in range(3)))
    await _mercat(store, "backup", str(file))
    later = await asyncio.gather(*(_buy(store, variant) for _ in range(3)))
    await _mercat(store, "down")
    await _mercat(store, "restore", str(file))
    await _mercat(store, "up", "--replicas", str(store.store.replicas))
    there = {str(row["id"]) for row in await store.rows("orders", "select id from orders")}
    complaints = [f"the order {order} was kept and is gone" for order in kept if order not in there]
    complaints += [f"the order {order} came after the backup and is there" for order in later if order in there]
    await _buy(store, variant)
    print(f"  {len(kept)} orders came back, {len(later)} later ones are gone, and it sells", flush=True)
    return complaints


async def _buy(store: ProofStore, variant: Variant) -> str:
    """A paid order's id."""
    async with shopper(store) as buyer:
        placed = await buyer.order(variant)
        assert placed.status == 201, placed
        outcome = await buyer.pay(placed.body)
        assert outcome == "bought", outcome
        order = str(placed.body["order"]["id"])
        await buyer.until(order, "paid")
        return order


async def _mercat(store: ProofStore, *words: str) -> None:
    here = {"MERCAT_STATE": str(store.store.state), "MERCAT_PORT_OFFSET": str(store.store.offset)}
    await mercat(*words, **here, **store.settings)
