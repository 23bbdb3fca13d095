"""CPU of the catalog and its PostgreSQL for a list of 20 products that is not in the cache, for each sort.

Each request is for another page of a shop with 10,000 products, so none is in the cache. Every limit is on.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import asyncpg

from chassis.testing.databases import database_name, empty_database
from chassis.web import pagination
from proofs.bench.assortment import PRODUCTS, fill
from proofs.bench.figures import Figure
from proofs.bench.load import Subject, cpu_seconds, measure, request_of
from proofs.bench.servers import backends, bare

REQUESTS, ROUNDS = 1_600, 3
TARGET = 0.8
PATH = "/api/v1/products"
_PLACES = """
select p.id, left(ps.sort_title, 80) as title, pp.amount_from as price
from products p join product_search ps on ps.product_id = p.id join product_prices pp on pp.product_id = p.id
"""


async def run() -> list[Figure]:
    """A figure for each sort."""
    with ExitStack() as stack:
        subjects, postgres, service = await _subjects(stack)
        figures = []
        for subject in subjects:
            # One after the other, so that the CPU of each sort is split between the two processes.
            before = cpu_seconds([postgres]), cpu_seconds([service])
            await measure([subject], requests=REQUESTS, rounds=ROUNDS)
            spent = cpu_seconds([postgres]) - before[0], cpu_seconds([service]) - before[1]
            figures.append(_figure(subject, spent[0] / sum(spent)))
    return figures


def _figure(subject: Subject, of_postgres: float) -> Figure:
    name, what = f"uncached_list.{subject.name}", f"list of 20 of {PRODUCTS}, not cached, {subject.name}"
    note = f"{of_postgres:.0%} of it PostgreSQL's"
    return Figure(name, what, subject.median, "ms CPU", "cpu", target=TARGET, spread=subject.spread, note=note)


async def _subjects(stack: ExitStack) -> tuple[list[Subject], int, int]:
    """A subject for each sort, and the process ids of PostgreSQL and of the catalog."""
    made = await asyncio.to_thread(backends, stack)
    url = await empty_database(made.postgres, "catalog", "bench")
    places = await _fill(made.postgres.url(database_name("catalog", "bench")))
    settings = made.environment("catalog", url)
    settings |= {"FOLLOWED_BY": "", "READ_LIMIT": "600000/min"}
    port, service = await asyncio.to_thread(stack.enter_context, bare("catalog.app", settings))
    postgres = int((made.postgres.data / "postmaster.pid").read_text(encoding="ascii").split()[0])
    subjects = []
    for sort in ("newest", "title", "price", "-price"):
        subject = Subject(sort, [port], [service, postgres], PATH)
        subject.messages = itertools.cycle([request_of(_page(sort, place), {}) for place in places])
        subjects.append(subject)
    return subjects, postgres, service


async def _fill(url: str) -> list[Mapping[str, Any]]:
    """Insert the products; returns their sort keys in random order."""
    await fill(url)
    connection = await asyncpg.connect(url)
    try:
        places: list[Mapping[str, Any]] = [dict(row) for row in await connection.fetch(_PLACES)]
    finally:
        await connection.close()
    random.Random(20).shuffle(places)  # noqa: S311 -- the same order each time
    return places


def _page(sort: str, place: Mapping[str, Any]) -> str:
    """The path of the page after a product."""
    value = () if sort == "newest" else (place[sort.removeprefix("-")],)
    return f"{PATH}?limit=20&sort={sort}&cursor={pagination.encode((*value, place['id']))}"
