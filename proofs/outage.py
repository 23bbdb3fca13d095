"""P08 P10 P12 P16 P17: each dependency is unreachable for an hour, in turn; afterwards all work continues by itself.

The hour is simulated: in a short outage the process is killed whenever it has been restarted, then all stored times are
moved an hour into the past.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp

from chassis.db import UNREACHABLE
from proofs import checks
from proofs.products import Variant, set_stock, variants
from proofs.shopper import shopper
from proofs.store import SERVICES, ProofStore
from proofs.waiting import eventually

TITLE = "P08 P10 P12 P16 P17: an outage of an hour of each dependency in turn, then all work continues by itself"
# As many polls in the short outage as in an hour.
SETTINGS = {"FOLLOW_PAUSE_SECONDS": "0.005"}
DEPENDENCIES = ("postgres", "valkey", "portal", "stripe_double", *SERVICES, "pages")
SECONDS, BUYERS = 15.0, 12
# Every so many seconds all waiting jobs become due, for as many tries as in an hour.
HURRY_SECONDS = 0.5

# Tables with triggers (histories) refuse changes, and no decision depends on their times. Published events are left
# unchanged, as consumers have stored their times; so is what sales figures keep of the ledger, a history.
_TIMES = """
select table_name, array_agg(format('%1$I = %1$I - interval ''1 hour''', column_name)) as moves
from information_schema.columns join information_schema.tables using (table_schema, table_name)
where table_schema = 'public' and data_type = 'timestamp with time zone' and table_type = 'BASE TABLE'
  and table_name not in ('outbox', 'figure_bookings', 'figure_orders')
  and not exists (select from pg_trigger where tgrelid = table_name::regclass and not tgisinternal)
group by table_name order by table_name
"""


async def prove(store: ProofStore) -> list[str]:
    """Run the proof for each dependency."""
    complaints = []
    variant = (await variants(store))[2]
    await set_stock(store, variant, 10_000)
    for name in DEPENDENCIES:
        began = time.perf_counter()
        found = await _away(store, name, variant)
        outcome = found or "was away, and all work continued"
        print(f"  {name}: {outcome} in {time.perf_counter() - began:.1f} s", flush=True)
        complaints += [f"{name} away: {complaint}" for complaint in found]
    return complaints


async def _away(store: ProofStore, name: str, variant: Variant) -> list[str]:
    async with _crashing(store, name):
        buyers = [asyncio.create_task(_buy(store, variant)) for _ in range(BUYERS)]
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            with suppress(*UNREACHABLE):  # the database itself is away
                await _make_jobs_due(store)
            await asyncio.sleep(HURRY_SECONDS)
    await eventually(lambda: _ready(store), 120, "every process to be ready")
    await _an_hour_later(store)
    await asyncio.gather(*buyers)
    return await _healed(store, variant)


@asynccontextmanager
async def _crashing(store: ProofStore, name: str) -> AsyncIterator[None]:
    """Kill the process whenever it has been restarted, for as long as the block runs."""

    async def kill() -> None:
        while True:
            for entry in store.processes(name):
                with suppress(ProcessLookupError):
                    store.kill(entry)
            await asyncio.sleep(0.05)

    killer = asyncio.create_task(kill())
    try:
        yield
    finally:
        killer.cancel()
        await asyncio.wait([killer])
        if not killer.cancelled():
            killer.result()


async def _make_jobs_due(store: ProofStore) -> None:
    """Make every waiting job due."""
    for service in SERVICES:
        await store.rows(service, "update jobs set run_at = now() where held_at is null and run_at > now()")


async def _an_hour_later(store: ProofStore) -> None:
    """Move all stored times of all services an hour into the past."""
    for service in SERVICES:
        for row in await store.rows(service, _TIMES):
            await store.rows(service, f'update "{row["table_name"]}" set {", ".join(row["moves"])}')


async def _ready(store: ProofStore) -> bool:
    return all(entry.once or entry.condition == "ready" for entry in store.status().entries)


async def _healed(store: ProofStore, variant: Variant) -> list[str]:
    """The complaints after at most 120 s: about the records, held work, and a new purchase."""
    found = await checks.remaining(store, checks.everything, 120)
    sold = await _buy(store, variant)
    return found + ([] if sold == "bought" else [f"afterwards a purchase ended with: {sold}"])


async def _buy(store: ProofStore, variant: Variant) -> str:
    """A purchase, repeated with one key for longer than the outage: "bought", or the reason why not."""
    async with shopper(store, https=False) as buyer:
        try:
            return await buyer.buy(variant, SECONDS * 6)
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error).__name__
