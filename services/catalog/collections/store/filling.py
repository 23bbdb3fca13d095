"""SQL that compares products with rules: which of them enter a collection, and which leave it.

One transaction at a time does so, by a lock. A product that changes meanwhile has a row of its own in
collection_checks, which is seen once that change has committed; a rule that changes waits for the lock of its row. So
what was read last is written last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from catalog.collections.domain.rules import Rule
from catalog.collections.store.rules import condition
from chassis.db import WriteTx

ANY_UNCHECKED = """
exists (select from collection_checks) or exists (select from collections where filled_to is not null)
"""
_ALONE = "select pg_try_advisory_xact_lock(hashtextextended('catalog.collections.filling', 0))"
# One that is being filled meets all of these products, too.
_RULES = "select id, rule from collections where kind = 'rule' order by id for share"
_TAKE = """
with taken as (
    delete from collection_checks where id = any(array(select id from collection_checks order by id limit $1))
    returning product_id
)
select array(select distinct product_id from taken order by product_id) as products,
       (select count(*) from taken) as rows
"""
_UNFILLED = """
select id, rule, filled_to from collections where filled_to is not null order by id limit 1 for no key update
"""
_FILLED = "update collections set filled_to = $2 where id = $1"
_PAGE = "select id from products where id > $2 order by id limit $3"
_SOME = "select unnest($2::uuid[]) as id"
_COMPARE = """
with page as materialized ({page}),
matching as materialized (
    select p.id from products p where p.id in (select id from page) and ({rule})
), gone as (
    delete from collection_products cp
    where cp.collection_id = $1 and cp.product_id in (select id from page)
      and not exists (select from matching where matching.id = cp.product_id)
    returning 1
), come as (
    insert into collection_products (collection_id, kind, product_id)
    select $1, 'rule', id from matching order by id
    on conflict (collection_id, product_id) do nothing returning 1
)
select (select count(*) from gone) + (select count(*) from come) as changed,
       (select count(*) from page) as seen, (select id from page order by id desc limit 1) as last
"""


class Compared(msgspec.Struct, frozen=True):
    """What became of some products: how many entered or left, how many were looked at, and the last of them."""

    changed: int
    seen: int
    last: UUID | None


class Taken(msgspec.Struct, frozen=True):
    """Products that have changed, and how many rows said so."""

    products: list[UUID]
    rows: int


class Unfilled(msgspec.Struct, frozen=True):
    """A collection whose rule has not met every product yet."""

    id: UUID
    rule: Rule
    filled_to: UUID


async def alone(tx: WriteTx) -> bool:
    """Whether no other transaction compares now; none does then until this one ends."""
    return bool(await tx.value(_ALONE))


async def take_changed(tx: WriteTx, most: int) -> Taken:
    """The products of the oldest rows, which are taken away."""
    return (await tx.rows(Taken, _TAKE, most))[0]


async def rules(tx: WriteTx) -> list[tuple[UUID, Rule]]:
    """The rules of all collections, which stay so until `tx` ends."""
    return [(row["id"], msgspec.convert(row["rule"], Rule)) for row in await tx.rows(dict[str, Any], _RULES)]


async def unfilled(tx: WriteTx) -> Unfilled | None:
    """A collection that is to be filled, locked; None: there is none."""
    found = await tx.row(dict[str, Any], _UNFILLED)
    return None if found is None else msgspec.convert(found, Unfilled)


async def filled(tx: WriteTx, collection_id: UUID, last: UUID | None) -> None:
    """Say up to which product a collection was filled; None: all of them."""
    await tx.execute(_FILLED, collection_id, last)


async def compare(tx: WriteTx, collection_id: UUID, rule: Rule, products: Sequence[UUID]) -> Compared:
    """Let these products enter or leave the collection."""
    return await _compare(tx, _SOME, rule, [collection_id, products])


async def compare_page(tx: WriteTx, found: Unfilled, most: int) -> Compared:
    """Let the next products enter or leave the collection."""
    return await _compare(tx, _PAGE, found.rule, [found.id, found.filled_to, most])


async def _compare(tx: WriteTx, page: str, rule: Rule, arguments: list[Any]) -> Compared:
    def put(value: Any) -> str:
        arguments.append(value)
        return f"${len(arguments)}"

    sql = _COMPARE.format(page=page, rule=condition(rule, put))
    return (await tx.rows(Compared, sql, *arguments))[0]
