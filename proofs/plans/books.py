"""How long each check of the books takes in a store with many rows. What it finds is not looked at: nothing fits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import asyncpg

from chassis.db import books
from chassis.ops.books_server import LONGEST_PAUSE, SHARE
from mercat.config import environment, services
from proofs.store import ProofStore

# A check that takes longer takes more than its share of a connection, however long its pause.
MOST_SECONDS = LONGEST_PAUSE / SHARE
_GRACE = timedelta(hours=2)


async def measure(store: ProofStore, shown: int) -> list[str]:
    """Make each check once and print those that took longest; returns those that take too long."""
    seconds = {check: await _seconds(url, check) for url, check in _checks(store)}
    for check, taken in sorted(seconds.items(), key=lambda each: -each[1])[:shown]:
        print(f"  {taken:.1f} s, books of {check.service}: {check.name}", flush=True)
    return [
        f"{check.service}: the check {check.name} of the books takes {taken:.0f} s or more"
        for check, taken in seconds.items()
        if taken > MOST_SECONDS
    ]


def _checks(store: ProofStore) -> Iterator[tuple[str, books.Check]]:
    for spec in services.with_database(services.discover(store.store.root)):
        url = environment.auditor_database_url(store.store, spec)
        yield from ((url, check) for check in books.find(spec.name) if not check.shared)


async def _seconds(url: str, check: books.Check) -> float:
    connection = await asyncpg.connect(url, command_timeout=2 * MOST_SECONDS)
    began = time.monotonic()
    try:
        statement = await connection.prepare(check.sql)
        await statement.fetch(*[_GRACE][: len(statement.get_parameters())])
    except TimeoutError:
        pass
    finally:
        taken = time.monotonic() - began
        await connection.close(timeout=5)
    return taken
