"""P08 P10 P12 P16 P17: each dependency is unreachable for an hour, in turn; afterwards all work continues by itself.

The hour is made of a short outage in which a process dies at once whenever it is started again, and of stored times,
all of which are moved an hour into the past.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp

from chassis.db import UNREACHABLE
from proofs import checks
from proofs.scenery import Variant, put_on_shelf, variants
from proofs.shopper import shopper
from proofs.store import SERVICES, ProofStore
from proofs.waiting import eventually

TITLE = "An outage of an hour of each dependency in turn, then everything goes on by itself"
# An hour holds thousands of tries to reach what is away: so must the short outage.
SETTINGS = {"FOLLOW_PAUSE_SECONDS": "0.005"}
DEPENDENCIES = ("postgres", "valkey", "portal", "stripe_double", "identity", "catalog", "orders", "payments")
SECONDS, BUYERS = 15.0, 12
# So often a job that waits is due at once: an hour holds more tries than a few seconds.
HURRY_SECONDS = 0.5

# Histories are left: they refuse every change, and nothing is decided by their times. So are published events, which
# those who follow them know by their time.
_TIMES = """
select table_name, array_agg(format('%1$I = %1$I - interval ''1 hour''', column_name)) as moves
from information_schema.columns join information_schema.tables using (table_schema, table_name)
where table_schema = 'public' and data_type = 'timestamp with time zone' and table_type = 'BASE TABLE'
  and table_name <> 'outbox'
  and not exists (select from pg_trigger where tgrelid = table_name::regclass and not tgisinternal)
group by table_name order by table_name
"""


async def prove(store: ProofStore) -> list[str]:
    """What did not go on by itself, by what was away."""
    complaints = []
    variant = (await variants(store))[2]
    await put_on_shelf(store, variant, 10_000)
    for name in DEPENDENCIES:
        began = time.perf_counter()
        found = await _away(store, name, variant)
        outcome = found or "away, and back by itself"
        print(f"  {name}: {outcome} in {time.perf_counter() - began:.1f} s", flush=True)
        complaints += [f"{name} away: {complaint}" for complaint in found]
    return complaints


async def _away(store: ProofStore, name: str, variant: Variant) -> list[str]:
    async with _crashing(store, name):
        buyers = [asyncio.create_task(_buy(store, variant)) for _ in range(BUYERS)]
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            with suppress(*UNREACHABLE):  # while the database is away there is nothing to hurry
                await _hurry(store)
            await asyncio.sleep(HURRY_SECONDS)
    await eventually(lambda: _ready(store), 120, "every process to be ready")
    await _an_hour_later(store)
    await asyncio.gather(*buyers)
    return await _healed(store, variant)


@asynccontextmanager
async def _crashing(store: ProofStore, name: str) -> AsyncIterator[None]:
    """Kill each life of the process at once, for as long as the block lasts."""

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


async def _hurry(store: ProofStore) -> None:
    """Have every job that waits for its next try be due."""
    for service in SERVICES:
        await store.rows(service, "update jobs set run_at = now() where held_at is null and run_at > now()")


async def _an_hour_later(store: ProofStore) -> None:
    """Move every stored time of every service an hour into the past."""
    for service in SERVICES:
        for row in await store.rows(service, _TIMES):
            await store.rows(service, f'update "{row["table_name"]}" set {", ".join(row["moves"])}')


async def _ready(store: ProofStore) -> bool:
    return all(entry.once or entry.condition == "ready" for entry in store.status().entries)


async def _healed(store: ProofStore, variant: Variant) -> list[str]:
    """What is still wrong after a while: nothing is held or set aside, the books agree, and the shop sells."""
    last: list[str] = []

    async def well() -> bool:
        last[:] = [*await checks.waiting(store), *await checks.complaints(store)]
        return not last

    with suppress(TimeoutError):
        await eventually(well, 120, "everything to go on")
    sold = await _buy(store, variant)
    return last + ([] if sold == "bought" else [f"afterwards a purchase ended so: {sold}"])


async def _buy(store: ProofStore, variant: Variant) -> str:
    """One purchase, repeated with one key for as long as the outage may last: "bought", or why not."""
    async with shopper(store, https=False) as buyer:
        try:
            return await buyer.buy(variant, SECONDS * 6)
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error).__name__
