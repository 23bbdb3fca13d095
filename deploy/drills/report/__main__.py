"""`make drill-report`: two short times of trade stand for weeks; `mercat report` of each says what to look at first.

In the first everything is as usual: the report must name nothing. In the second one route is slow (its table is locked
again and again), shoppers do not try to pay what they have ordered, and a word is searched for in vain: the report must
name these three first. What the shoppers typed about themselves must be in neither. Exits with 1 otherwise.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg

from catalog.usecases.count_searches import SECONDS as WRITTEN_SECONDS
from deploy.drills.dashboards import trade
from deploy.drills.dashboards.trade import Trade, expect
from mercat.config import environment, services
from proofs import shopper as shoppers
from proofs.shopper import Shopper, shopper
from proofs.store import ProofStore, running_store

OFFSET = int(os.environ.get("MERCAT_DRILL_OFFSET", "900"))
SHOPPERS, AT_ONCE = 30, 3
# One scrape a second, and holds that last longer than the drill.
SETTINGS = {
    "MERCAT_ALERTS_FASTER": "2",
    "HOLD_SECONDS_ORDERS": "3600",
    "CURRENCIES": ",".join(trade.CURRENCIES),
    "SHIPPING_RATES": json.dumps({code: {"rate": 500, "free_from": 10_000} for code in trade.CURRENCIES}),
}
SLOW, STEP, WORD = "PUT /api/v1/cart/lines/{variant_id}", "Tries to pay", "zeppelin"
PERSON = ("erika.mustermann@example.com", "+43 664 1234567", "Erika Mustermann")
_FIRST = "## What to look at first"
_LOCK = "begin; lock table cart_lines in access exclusive mode; select pg_sleep(0.7); commit"


async def drill() -> list[str]:
    """Run it; complaints."""
    async with running_store(offset=OFFSET, settings=SETTINGS, options=("--observe",)) as store:
        opened = await trade.opened(store, 13)
        said = list[str]()
        usual = await _reported(opened, _usual)
        async with _slowed(store):
            faulty = await _reported(opened, _faulty)
        for name, text in (("as usual", usual), ("with faults", faulty)):
            print(f"\n--- {name}\n{text}", flush=True)
            said += [f"{name}: the report has {typed}" for typed in _typed() if typed.casefold() in text.casefold()]
        found = _first(faulty)
        for about in (f"“{STEP}”", f"`{SLOW}`", f"`{WORD}`"):
            if not any(about in line for line in found[:3]):
                said.append(f"with faults: {about} is not among the first three")
        return said + [f"as usual: {line}" for line in _first(usual) if "Nothing stands out" not in line]


def _first(text: str) -> list[str]:
    return [line for line in text.partition(_FIRST)[2].partition("\n## ")[0].splitlines() if line]


def _typed() -> list[str]:
    lines = [str(value) for name, value in shoppers.ADDRESS.items() if name not in {"country", "region"}]
    return [*PERSON, "erika mustermann", "@", *(line for line in lines if len(line) > 3)]


Journey = Callable[[Trade, Shopper, int], Awaitable[None]]


async def _reported(opened: Trade, journey: Journey) -> str:
    """The report of the time in which all shoppers go this journey."""
    began, slots = datetime.now(UTC), asyncio.Semaphore(AT_ONCE)
    await asyncio.sleep(3)  # What happens before the first scrape of the time is not counted.

    async def go(number: int) -> None:
        async with slots, shopper(opened.store) as buyer:
            await journey(opened, buyer, number)

    async with asyncio.TaskGroup() as group:
        for number in range(SHOPPERS):
            group.create_task(go(number))
    # The longest until searches are written and figures scraped; and a report is of a minute or more.
    await asyncio.sleep(max(WRITTEN_SECONDS + 3, 65 - (datetime.now(UTC) - began).total_seconds()))
    return await _printed(began)


async def _printed(began: datetime) -> str:
    at = {"--from": began, "--to": datetime.now(UTC)}
    words = [word for name, moment in at.items() for word in (name, moment.strftime("%Y-%m-%dT%H:%M:%S"))]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "mercat", "report", *words), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f".venv/bin/mercat report ended with {process.returncode}")
    return output.decode()


async def _usual(opened: Trade, buyer: Shopper, _number: int) -> None:
    await _search(buyer, "dune")
    order, payment = await opened.order(buyer)
    await opened.confirm(buyer, payment, shoppers.OK)
    await buyer.until(order, "paid")


async def _faulty(opened: Trade, buyer: Shopper, number: int) -> None:
    # With other spaces each, since the answer to the same query is kept for a second.
    await _search(buyer, f"{WORD}{' ' * number}")
    await _search(buyer, PERSON[number % len(PERSON)] if number < 2 * len(PERSON) else "dune")
    order, payment = await opened.order(buyer)
    if number % 6 == 0:
        await opened.confirm(buyer, payment, shoppers.OK)
        await buyer.until(order, "paid")


async def _search(buyer: Shopper, words: str) -> None:
    await expect(200, buyer.call("GET", f"/api/v1/products?search={words.replace('+', '%2B').replace(' ', '+')}"))


@asynccontextmanager
async def _slowed(store: ProofStore) -> AsyncIterator[None]:
    """Within the block the lines of carts are locked most of the time, for 0.7 s each."""
    spec = next(spec for spec in services.discover(store.store.root) if spec.name == "orders")
    connection = await asyncpg.connect(environment.migration(store.store, spec)["DATABASE_URL"])

    async def lock() -> None:
        while True:
            await connection.execute(_LOCK)

    locking = asyncio.create_task(lock())
    try:
        yield
    finally:
        locking.cancel()
        await asyncio.wait([locking])
        connection.terminate()


def main() -> None:
    """Run the drill, and say what it found."""
    sys.exit("\n".join(asyncio.run(drill())) or 0)


if __name__ == "__main__":
    main()
