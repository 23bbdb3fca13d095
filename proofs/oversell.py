"""P01: 500 buyers at once for 50 units, through Traefik: exactly 50 are sold, the others are told why.

Once from an address each, and once all from one, as in a school: limits of what may be held refuse none of them.
"""

from __future__ import annotations

import asyncio
import collections
import time

from proofs.scenery import Variant, put_on_shelf, variants
from proofs.shopper import shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "P01: 500 buyers, 50 units"
BUYERS, UNITS = 500, 50
ONE_ADDRESS = "127.9.9.9"


async def prove(store: ProofStore, *, buyers: int = BUYERS, units: int = UNITS) -> list[str]:
    """What went wrong; prints the throughput."""
    complaints = []
    for source in (None, ONE_ADDRESS):
        where = f"all from {source}" if source else "from an address each"
        print(f"  {where}", flush=True)
        complaints += [f"{where}: {complaint}" for complaint in await _race(store, buyers, units, source)]
    return complaints


async def _race(store: ProofStore, buyers: int, units: int, source: str | None) -> list[str]:
    variant = (await variants(store))[0]
    await put_on_shelf(store, variant, units)
    before = int(await store.value("orders", _PAID, variant.id))
    began = time.perf_counter()
    outcomes = await asyncio.gather(*(_buy(store, variant, source) for _ in range(buyers)))
    seconds = time.perf_counter() - began
    counted = collections.Counter(outcomes)
    print(f"  {buyers} buyers in {seconds:.1f} s ({buyers / seconds:.0f} per second): {dict(counted)}", flush=True)

    async def settled() -> bool:
        return int(await store.value("orders", _PAID, variant.id)) - before == units

    complaints = []
    try:
        await eventually(settled, 120, f"{units} paid orders")
    except TimeoutError as wrong:
        complaints.append(str(wrong))
    print(f"  all settled after {time.perf_counter() - began:.1f} s", flush=True)
    left = await store.rows("catalog", "select on_hand, reserved from stock where variant_id = $1::uuid", variant.id)
    if (left[0]["on_hand"], left[0]["reserved"]) != (0, 0):
        complaints.append(f"{dict(left[0])} is left of {units} units")
    if counted != {"bought": units, "out-of-stock": buyers - units}:
        complaints.append(f"expected {units} bought and {buyers - units} out-of-stock, got {dict(counted)}")
    return complaints


_PAID = """
select count(*) from orders o join order_lines l on l.order_id = o.id
where o.status = 'paid' and l.variant_id = $1::uuid
"""


async def _buy(store: ProofStore, variant: Variant, source: str | None) -> str:
    """What became of one buyer: "bought", or the type of the refusal."""
    async with shopper(store, https=False, source=source) as buyer:
        return await buyer.buy(variant)
