"""Rows of variants that staff add and change. Each statement is one, for however many variants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from catalog.editing.domain.drafts import NewVariant
from chassis.db import ReadTx, WriteTx

_GIVEN = """
given as (
    select * from json_to_recordset($2::text::json) as r(
        id uuid, place bigint, sku text, option_values text[], weight_grams bigint, barcode text,
        requires_shipping boolean, taxable boolean, on_hand bigint, tracked boolean, backorder boolean, prices json
    )
)
"""
# By SKU: two requests with the same SKUs wait for each other in one order.
_INSERT = f"""
with {_GIVEN}, made as (
    insert into variants (
        id, product_id, sku, option_values, position, weight_grams, barcode, requires_shipping, taxable
    )
    select id, $1, sku, option_values, place + (select coalesce(max(position), 0) from variants where product_id = $1),
           weight_grams, barcode, requires_shipping, taxable
    from given order by sku
    on conflict do nothing returning id
), stocked as (
    insert into stock (variant_id, on_hand, tracked, backorder)
    select id, on_hand, tracked, backorder from given join made using (id) returning variant_id, on_hand
), moved as (
    insert into stock_movements (variant_id, delta, reason, account_id)
    select variant_id, on_hand, 'counted', $3 from stocked where on_hand <> 0
), priced as (
    insert into variant_prices (variant_id, currency, amount, compare_at)
    select g.id, p.currency, p.amount, p.compare_at
    from given g join made using (id)
    cross join json_to_recordset(g.prices) as p(currency text, amount bigint, compare_at bigint)
)
select (select count(*) from made) as made,
       (select count(*) from variants where product_id = $1 and active) + (select count(*) from made) as active
"""
_TAKEN = "select sku from variants where sku = any($1) and id <> all($2) order by sku"
_ADDED = """
select v.id, v.sku from variants v join variants first using (product_id, created_at)
where first.id = $1 order by v.position, v.id
"""
_FIELDS = """
select sku, option_values, weight_grams, barcode, requires_shipping, taxable, active, position from variants
where id = $2 and product_id = $1
"""
_UPDATE = """
update variants set sku = $3, option_values = $4, weight_grams = $5, barcode = $6, requires_shipping = $7,
       taxable = $8, active = $9, position = $10
where id = $2 and product_id = $1
"""
_ACTIVE = "select count(*) from variants where product_id = $1 and active"
# Retired for a moment, so that two variants may exchange their values: the index of option values holds in between.
_PAUSE = "update variants set active = false where product_id = $1 and active returning id"
_REARRANGE = """
update variants v set active = v.id = any($4), option_values = array(
    select coalesce(v.option_values[o.place], o.value, '')
    from unnest($2::int[], $3::text[]) with ordinality as o(place, value, n) order by o.n
)
where product_id = $1
"""


@dataclass(frozen=True, slots=True)
class Inserted:
    """How many were inserted, and how many the product has now that are sold."""

    made: int
    active: int


@dataclass(frozen=True, slots=True)
class Added:
    """A variant that was added."""

    id: UUID
    sku: str


@dataclass(frozen=True, slots=True)
class VariantFields:
    """The fields of a variant that staff may change."""

    sku: str
    option_values: list[str]
    weight_grams: int | None
    barcode: str | None
    requires_shipping: bool
    taxable: bool
    active: bool
    position: int


async def insert(tx: WriteTx, product_id: UUID, variants: Sequence[NewVariant], account_id: UUID) -> Inserted:
    """With their stock and prices. Those whose SKU or option values are another's are left out.

    Call `sum_up` for the product in the same transaction.
    """
    given = msgspec.json.encode(variants).decode()
    return (await tx.rows(Inserted, _INSERT, product_id, given, account_id))[0]


async def taken(tx: ReadTx, variants: Sequence[NewVariant]) -> list[str]:
    """Those of the SKUs that other variants have."""
    skus, own = [each.sku for each in variants], [each.id for each in variants]
    rows: list[dict[str, str]] = await tx.rows(dict, _TAKEN, skus, own)
    return [row["sku"] for row in rows]


async def added(tx: ReadTx, first_id: UUID) -> list[Added]:
    """The variants that came with this one, in one transaction; none if there is none of this id."""
    return await tx.rows(Added, _ADDED, first_id)


async def fields(tx: ReadTx, product_id: UUID, variant_id: UUID) -> VariantFields | None:
    """None: the product has no such variant."""
    return await tx.row(VariantFields, _FIELDS, product_id, variant_id)


async def update(tx: WriteTx, product_id: UUID, variant_id: UUID, wanted: VariantFields) -> None:
    """Call `sum_up` for the product in the same transaction.

    Raises:
        asyncpg.UniqueViolationError: `variants_sku_once` or `variants_options_once`.
    """
    own = (wanted.sku, wanted.option_values, wanted.weight_grams, wanted.barcode, wanted.requires_shipping)
    await tx.execute(_UPDATE, product_id, variant_id, *own, wanted.taxable, wanted.active, wanted.position)


async def active(tx: ReadTx, product_id: UUID) -> int:
    """How many variants of the product are sold."""
    found: int = await tx.value(_ACTIVE, product_id)
    return found


async def rearrange(tx: WriteTx, product_id: UUID, places: list[int | None], values: list[str | None]) -> None:
    """Give every variant the option values of these places, from 1; where that is None, the value beside it.

    Raises:
        asyncpg.UniqueViolationError: `variants_options_once`.
    """
    sold: list[dict[str, UUID]] = await tx.rows(dict, _PAUSE, product_id)
    await tx.execute(_REARRANGE, product_id, places, values, [row["id"] for row in sold])
