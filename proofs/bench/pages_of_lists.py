"""Milliseconds by the clock until the service pages has answered a list of a shop with 10,000 products.

Each request is for another list, so neither pages nor the catalog has it in its cache; what all lists have in common
is kept as long as it is in a shop. The processes are warm: a third as many requests go before those that count. Every
limit is on.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple
from uuid import UUID

import asyncpg

from chassis.testing.databases import database_name, empty_database
from chassis.web import pagination
from proofs.bench.assortment import KINDS, PRODUCTS, TAGS, VENDORS, fill
from proofs.bench.figures import Figure
from proofs.bench.load import Connection, cpu_seconds, request_of
from proofs.bench.servers import backends, bare

REQUESTS = 30
TARGET = 100.0


class Kind(NamedTuple):
    """A kind of list, with addresses of as many such lists as are asked for, all of them different."""

    name: str
    what: str
    paths: Iterator[str]


def kinds(products: list[UUID]) -> list[Kind]:
    """The kinds of lists; the first of them goes on after each of these products."""
    both = zip(itertools.cycle(range(KINDS)), itertools.cycle(range(VENDORS)), itertools.count(10), strict=False)
    cursors = (pagination.encode((each,)) for each in products)
    words = itertools.chain.from_iterable((f"vendor {n}", f"tag {n % TAGS} ink") for n in range(VENDORS))
    return [
        Kind("shelf", "a part of all products", (f"/products?cursor={each}" for each in cursors)),
        Kind(
            "filtered",
            "products by kind, vendor, stock and price",
            (f"/products?type=Type+{a}&vendor=Vendor+{b}&in_stock=1&max_price={c}00" for a, b, c in both),
        ),
        Kind("search", "a search", (f"/search?search={each.replace(' ', '+')}" for each in words)),
    ]


async def run() -> list[Figure]:
    """A figure for each kind of list."""
    with ExitStack() as stack:
        port, pids, products = await _started(stack)
        figures = []
        for kind in kinds(products):
            before = cpu_seconds(pids)
            spent = await _milliseconds(port, kind.paths)
            figures.append(_figure(kind, spent[-REQUESTS:], (cpu_seconds(pids) - before) * 1_000 / len(spent)))
        return figures


async def _started(stack: ExitStack) -> tuple[int, list[int], list[UUID]]:
    """The port of the service pages, the processes behind it with their PostgreSQL, and some products."""
    products: list[UUID] = []
    pids: list[int] = []
    made = await asyncio.to_thread(backends, stack)
    urls: dict[str, list[str]] = {}
    for package in ("catalog", "shop"):
        settings = made.environment(package, await empty_database(made.postgres, package, "bench"))
        settings |= {"FOLLOWED_BY": "", "READ_LIMIT": "600000/min"}
        if package == "catalog":
            products = await _filled(made.postgres.url(database_name(package, "bench")))
        port, pid = await asyncio.to_thread(stack.enter_context, bare(f"{package}.app", settings))
        pids.append(pid)
        urls[package] = [f"http://127.0.0.1:{port}"]
    settings = made.environment("pages", "", urls) | {"READ_LIMIT": "600000/min"}
    port, pid = await asyncio.to_thread(stack.enter_context, bare("pages.app", settings))
    postgres = int((made.postgres.data / "postmaster.pid").read_text(encoding="ascii").split()[0])
    return port, [*pids, pid, postgres], products


async def _filled(url: str) -> list[UUID]:
    """Fill the catalog; products of it in a random order that is the same each time."""
    await fill(url)
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("select id from products order by md5(slug) limit 1000")
    finally:
        await connection.close()
    return [row["id"] for row in rows]


async def _milliseconds(port: int, paths: Iterator[str]) -> list[float]:
    """Of each request, one after the other."""
    spent = []
    async with Connection(port) as connection:
        for path in itertools.islice(paths, REQUESTS // 3 + REQUESTS):
            message = iter([request_of(path, {})])
            begun = time.perf_counter()
            await connection.ask(message, 1)
            spent.append((time.perf_counter() - begun) * 1_000)
    return spent


def _figure(kind: Kind, spent: list[float], cpu: float) -> Figure:
    median = statistics.median(spent)
    note = f"from {min(spent):.0f} to {max(spent):.0f} ms; {cpu:.0f} ms on the CPU, all processes together"
    what = f"page with {kind.what}, {PRODUCTS} products, not cached"
    return Figure(f"pages.{kind.name}", what, median, "ms", "time", target=TARGET, note=note)
