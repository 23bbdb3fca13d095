"""P01: 500 buyers at once for 50 units, through Traefik: exactly 50 are sold, the others are refused with the reason.

Once each buyer has an address, and once all have the same, as in a school: the limits of unpaid orders refuse nobody.
"""

from __future__ import annotations

import asyncio
import collections
import time

from proofs.products import Variant, set_stock, variants
from proofs.shopper import shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "P01: 500 buyers, 50 units"
BUYERS, UNITS = 500, 50
ONE_ADDRESS = "127.9.9.9"


async def prove(store: ProofStore) -> list[str]:
    """Run the proof; prints the throughput."""
    complaints = []
    for source in (None, ONE_ADDRESS):
        where = f"all from {source}" if source else "from an address each"
        print(f"  {where}", flush=True)
        complaints += [f"{where}: {complaint}" for complaint in await _race(store, source)]
    return complaints


async def _race(store: ProofStore, source: str | None) -> list[str]:
    variant = (await variants(store))[0]
    await set_stock(store, variant, UNITS)
    before = int(await store.value("orders", _PAID, variant.id))
    began = time.perf_counter()
    outcomes = await asyncio.gather(*(_buy(store, variant, source) for _ in range(BUYERS)))
    seconds = time.perf_counter() - began
    counted = collections.Counter(outcomes)
    print(f"  {BUYERS} buyers in {seconds:.1f} s ({BUYERS / seconds:.0f} per second): {dict(counted)}", flush=True)

    async def settled() -> bool:
        return int(await store.value("orders", _PAID, variant.id)) - before == UNITS

    complaints = []
    try:
        await eventually(settled, 120, f"{UNITS} paid orders")
    except TimeoutError as wrong:
        complaints.append(str(wrong))
    print(f"  all settled after {time.perf_counter() - began:.1f} s", flush=True)
    left = await store.rows("catalog", "select on_hand, reserved from stock where variant_id = $1::uuid", variant.id)
    if (left[0]["on_hand"], left[0]["reserved"]) != (0, 0):
        complaints.append(f"{dict(left[0])} is left of {UNITS} units")
    if counted != {"bought": UNITS, "out-of-stock": BUYERS - UNITS}:
        complaints.append(f"expected {UNITS} bought and {BUYERS - UNITS} out-of-stock, got {dict(counted)}")
    return complaints


_PAID = """
select count(*) from orders o join order_lines l on l.order_id = o.id
where o.status = 'paid' and l.variant_id = $1::uuid
"""


async def _buy(store: ProofStore, variant: Variant, source: str | None) -> str:
    """The outcome of one buyer: "bought", or the type of the refusal."""
    async with shopper(store, https=False, source=source) as buyer:
        return await buyer.buy(variant)
