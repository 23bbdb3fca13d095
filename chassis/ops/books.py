"""Checks the books: what must be true within each service, and what services know of an order (chassis.db.books)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import asyncpg

from chassis.db import books

_Connection: TypeAlias = "asyncpg.Connection[Any]"
_Facts: TypeAlias = dict[UUID, dict[str, Any]]
# So many orders that services do not agree on are told. Each is asked again before: an event may have been on its way.
MOST = 20
_AGAIN, _PAUSE_SECONDS = 3, 1.0
# Money was taken for an order that orders does not know, or has as unpaid: its own kind of fault.
_MONEY, MISSING = "money", "order_missing"
# Orders that are compared at a time: those placed within an hour.
_STEP = timedelta(hours=1)


class Fault(NamedTuple):
    """What a check found: its name, and what is wrong."""

    check: str
    text: str


class Run(NamedTuple):
    """A check that can be made: the names under which it finds faults."""

    names: tuple[str, ...]
    make: Callable[[], Awaitable[list[Fault]]]


async def complaints(urls: Mapping[str, str], *, days: float, grace: timedelta) -> list[str]:
    """All that is wrong in the databases of these services; none is none.

    What is younger than `grace` may still be under way; services are compared on the orders of so many `days`.

    Raises:
        asyncpg.PostgresError, OSError: a database refused, or cannot be reached.
    """
    return [fault.text for each in runs(urls, days, grace) for fault in await each.make()]


def runs(urls: Mapping[str, str], days: float, grace: timedelta) -> list[Run]:
    """All checks of these services; each opens its own connections."""
    found = [
        Run((check.name,), partial(_within, urls[name], check, grace))
        for name in urls
        for check in books.find(name)
        if not check.shared
    ]
    for one, other in combinations(urls, 2):
        for name in sorted(_shared(one).keys() & _shared(other).keys()):
            sides = [(each, urls[each], _shared(each)[name]) for each in (one, other)]
            names = (name, MISSING) if name == _MONEY else (name,)
            found.append(Run(names, partial(_between, sides, days, grace)))
    return found


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[_Connection]:
    session = {"default_transaction_read_only": "on", "statement_timeout": "10min", "application_name": "books"}
    connection = await asyncpg.connect(url, timeout=30, server_settings={**session, "timezone": "UTC"})
    try:
        yield connection
    finally:
        await connection.close(timeout=5)


async def _within(url: str, check: books.Check, grace: timedelta) -> list[Fault]:
    async with _connected(url) as connection:
        statement = await connection.prepare(check.sql)
        rows = await statement.fetch(*[grace][: len(statement.get_parameters())])
    told = f"{check.service}: {check.about}. Not so: "
    return [Fault(check.name, told + _text(dict(row))) for row in rows]


def _shared(service: str) -> dict[str, books.Check]:
    return {check.name: check for check in books.find(service) if check.shared}


_Side: TypeAlias = tuple[str, _Connection, books.Check]


async def _between(sides: Sequence[tuple[str, str, books.Check]], days: float, grace: timedelta) -> list[Fault]:
    """What two services do not agree on, of the orders placed in the last `days` and older than `grace`."""
    async with AsyncExitStack() as stack:
        pair = [(name, await stack.enter_async_context(_connected(url)), check) for name, url, check in sides]
        return await _compared(pair, days, grace)


async def _compared(pair: Sequence[_Side], days: float, grace: timedelta) -> list[Fault]:
    (_, first, check), differing = pair[0], set[UUID]()
    now: datetime = await first.fetchval("select clock_timestamp()")
    begin, end = now - timedelta(days=days), now - grace
    while begin < end and len(differing) < MOST:
        until = min(begin + _STEP, end)
        differing |= _differences(*[await _facts(side, first_id(begin), first_id(until)) for side in pair])
        begin = until
    told = f"{check.about}. Services do not agree on order "
    asked = [(order, await _settled(pair, order)) for order in sorted(differing)[:MOST]]
    return [Fault(name, f"{told}{order}: {held}") for order, (name, held) in asked if held]


async def _facts(side: _Side, first: UUID, last: UUID) -> _Facts:
    _, connection, check = side
    rows = [dict(row) for row in await connection.fetch(check.sql, first, last)]
    return {row.pop("order_id"): row for row in rows}


def _differences(one: _Facts, other: _Facts) -> set[UUID]:
    return {order for order in one.keys() | other.keys() if one.get(order) != other.get(order)}


async def _settled(pair: Sequence[_Side], order: UUID) -> tuple[str, str]:
    """The check's name and what each holds of an order; empty where they agree by now."""
    for again in range(_AGAIN):
        await asyncio.sleep(_PAUSE_SECONDS if again else 0)
        facts = [await _facts(side, order, order) for side in pair]
        if not _differences(*facts):
            return "", ""
    held = list(zip(pair, facts, strict=True))
    lost = any(check.name == _MONEY and service == "orders" and not each for (service, _, check), each in held)
    words = "; ".join(f"{side[0]} holds {_text(each.get(order)) or 'nothing'}" for side, each in held)
    return MISSING if lost else pair[0][2].name, words


def _text(row: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{name} {value}" for name, value in (row or {}).items())


def first_id(moment: datetime) -> UUID:
    """The first UUIDv7 of a moment."""
    milliseconds = int((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
    return UUID(int=milliseconds << 80)
