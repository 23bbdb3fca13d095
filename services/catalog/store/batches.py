"""Decides many orders together; an order that needs a row that another transaction keeps locked fails alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar
from uuid import UUID

import asyncpg

from catalog.store.reservations import Collision, transact
from chassis.db import Database, WriteTx
from chassis.db.errors import CONTENTION

A = TypeVar("A")
R = TypeVar("R")

# What an order waits for a row that was locked for longer than the database's lock_timeout before.
_BRIEFLY = "set local lock_timeout = '50ms'"
# Orders that need a row that is locked now: their reservation, stock of their variants, or prices of their products,
# which are written when the last unit is reserved (migrations/0010_in_stock.sql).
_BLOCKED = """
with line as (
    select order_id, variant_id, product_id
    from (
        select order_id, variant_id from unnest($2::uuid[], $3::uuid[]) as asked (order_id, variant_id)
        union select order_id, variant_id from reservation_lines where order_id = any($1)
    ) as lines join variants on id = variant_id
), free_order as (
    select order_id from reservations where order_id = any($1) for update skip locked
), free_stock as (
    select variant_id from stock where variant_id in (select variant_id from line) for no key update skip locked
), free_price as (
    select product_id, currency from product_prices where product_id in (select product_id from line)
    for no key update skip locked
)
select coalesce(array_agg(order_id), '{}') from (
    select order_id from reservations where order_id = any($1) and order_id not in (select order_id from free_order)
    union
    select order_id from line
    where variant_id not in (select variant_id from free_stock) or product_id in (
        select product_id from product_prices where (product_id, currency) not in (select * from free_price)
    )
) as blocked
"""


async def decide_together(
    db: Database,
    asks: Sequence[A],
    *,
    key: Callable[[A], tuple[UUID, Iterable[UUID]]],
    at_once: Callable[[WriteTx], Awaitable[dict[UUID, R]]],
    one_by_one: Callable[[WriteTx, Sequence[A]], Awaitable[Sequence[R]]],
    locked: R,
) -> list[R]:
    """The answers to asks, in their order.

    at_once: one statement that answers most orders. one_by_one: decides those that it leaves, in a transaction.
    key: an ask's order, and variants that it names. locked: the answer where a row stays locked.
    """
    done: dict[UUID, R] = {}
    try:
        done = await one_statement(db, at_once)
        rest = [ask for ask in asks if key(ask)[0] not in done]
        answers = list(await transact(db, lambda tx: one_by_one(tx, rest)) if rest else [])
    except asyncpg.LockNotAvailableError:
        rest = [ask for ask in asks if key(ask)[0] not in done]
        answers = await _apart(db, rest, key, one_by_one, locked)
    decided = iter(answers)
    return [done[key(ask)[0]] if key(ask)[0] in done else next(decided) for ask in asks]


async def one_statement(db: Database, work: Callable[[WriteTx], Awaitable[dict[UUID, R]]]) -> dict[UUID, R]:
    """`work` of one statement, in a transaction with its events.

    Nothing where it lost against another transaction. A constraint counts as that: PostgreSQL checks the row as it was
    when the statement began, before it sees that another one has changed it, so that near the last unit it may refuse
    what would fit. What is left is decided one by one, by the stock that was locked before.
    """
    try:
        async with db.write() as tx:
            return await work(tx)
    except (*CONTENTION, asyncpg.CheckViolationError):
        return {}


async def _apart(
    db: Database,
    asks: Sequence[A],
    key: Callable[[A], tuple[UUID, Iterable[UUID]]],
    one_by_one: Callable[[WriteTx, Sequence[A]], Awaitable[Sequence[R]]],
    locked: R,
) -> list[R]:
    """Those that no locked row stops are decided together, the others each in a transaction of its own."""
    named = [(order_id, variant_id) for order_id, variants in map(key, asks) for variant_id in variants]
    async with db.write_one() as tx:
        orders = [key(ask)[0] for ask in asks]
        blocked = set(await tx.value(_BLOCKED, orders, *(zip(*named, strict=True) if named else ([], []))))
    answers = [locked] * len(asks)
    free = [place for place, order_id in enumerate(orders) if order_id not in blocked]
    others = [[place] for place, order_id in enumerate(orders) if order_id in blocked]
    for places in [free, *others] if free else others:

        async def decide(tx: WriteTx, places: Sequence[int] = places) -> Sequence[R]:
            if places is not free:
                await tx.execute(_BRIEFLY)
            return await one_by_one(tx, [asks[place] for place in places])

        try:
            for place, answer in zip(places, await transact(db, decide), strict=True):
                answers[place] = answer
        except (asyncpg.LockNotAvailableError, *CONTENTION, Collision):
            continue
    return answers
