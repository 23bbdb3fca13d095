"""Counting the uses of discounts: in all, by customer, and of codes that are good for one order.

Everybody locks in one order: uses, customers, discounts, each by key. A change of limits locks its discount for update,
so it waits for the orders that are being placed under the old ones, and they for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

# A discount without a limit is not counted up: its row would make all orders wait for each other. The values of a row
# that was locked are those of now, and those of `counted` are looked at again if the row has changed meanwhile.
_TAKE = """
with wanted as (
    select w.discount_id, w.code, coalesce(c.once, false) as once
    from unnest($2::uuid[], $3::text[]) as w (discount_id, code) left join discount_codes c on c.code = w.code
), limits as materialized (
    select d.id, d.max_uses, d.max_uses_per_customer from discounts d where d.id = any($2::uuid[])
    order by d.id for key share
), written as (
    insert into discount_uses (order_id, discount_id, code, once, customer)
    select $1, w.discount_id, w.code, w.once, $4 from wanted w join limits l on l.id = w.discount_id
    order by w.discount_id
    on conflict do nothing returning discount_id
), mine as (
    insert into discount_customers as c (discount_id, customer, used)
    select discount_id, $4, 1 from written order by discount_id
    on conflict (discount_id, customer) do update set used = c.used + 1
    where c.used < coalesce((select l.max_uses_per_customer from limits l where l.id = c.discount_id), 2147483647)
    returning discount_id
), locked as materialized (
    select d.id from discounts d
    where d.id in (select m.discount_id from mine m join limits l on l.id = m.discount_id where l.max_uses is not null)
    order by d.id for no key update
), counted as (
    update discounts d set used = d.used + 1 from locked l
    where d.id = l.id and (d.max_uses is null or d.used < d.max_uses) returning d.id
)
select w.discount_id, w.code, wr.discount_id is not null as written, m.discount_id is not null as mine,
       l.max_uses is null or c.id is not null as counted
from wanted w left join limits l on l.id = w.discount_id left join written wr on wr.discount_id = w.discount_id
left join mine m on m.discount_id = w.discount_id left join counted c on c.id = w.discount_id order by w.discount_id
"""
_KNOWN = "select coalesce(array_agg(discount_id), '{}') from discount_uses where order_id = $1"
_GIVE_BACK = """
with back as (
    update discount_uses set state = 'given_back', given_back_at = now()
    where order_id = $1 and state = 'taken' returning discount_id, customer
), theirs as materialized (
    select c.discount_id, c.customer from discount_customers c
    where (c.discount_id, c.customer) in (select discount_id, customer from back)
    order by c.discount_id for no key update
), less as (
    update discount_customers c set used = c.used - 1 from theirs t
    where c.discount_id = t.discount_id and c.customer = t.customer returning c.discount_id
), locked as materialized (
    select d.id from discounts d where d.id in (select discount_id from less) order by d.id for no key update
), counted as (
    update discounts d set used = d.used - (d.max_uses is not null)::integer from locked l where d.id = l.id
)
select count(*) from back
"""
_FIGURES = """
select count(*) filter (where state = 'taken') as taken, count(*) filter (where state = 'given_back') as given_back,
       (select count(*) from discount_customers c where c.discount_id = $1 and c.used > 0) as customers,
       max(taken_at) as last_at
from discount_uses where discount_id = $1
"""


class Take(msgspec.Struct, frozen=True):
    """What became of a use; all must be true. `mine`: within the customer's limit; `counted`: within that of all."""

    discount_id: UUID
    code: str | None
    written: bool
    mine: bool
    counted: bool


class Figures(msgspec.Struct, frozen=True):
    """How a discount was used."""

    taken: int
    given_back: int
    customers: int
    last_at: datetime | None


async def take(tx: WriteTx, order_id: UUID, uses: Sequence[tuple[UUID, str | None]], customer: bytes) -> list[Take]:
    """Take these uses for an order. Where one of them was refused, `tx` must end without a commit."""
    return await tx.rows(Take, _TAKE, order_id, [use[0] for use in uses], [use[1] for use in uses], customer)


async def known(tx: ReadTx, order_id: UUID) -> set[UUID]:
    """The discounts of which an order has, or had, a use."""
    return set(await tx.value(_KNOWN, order_id))


async def give_back(tx: WriteTx, order_id: UUID) -> int:
    """Give back all uses of an order; how many there were."""
    return int(await tx.value(_GIVE_BACK, order_id))


async def figures(tx: ReadTx, discount_id: UUID) -> Figures:
    """How a discount was used so far."""
    found = await tx.row(Figures, _FIGURES, discount_id)
    assert found is not None  # noqa: S101 -- an aggregate always returns a row
    return found
