"""Prices of some variants for a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from catalog.editing.domain.sales import NewSale, SalePrice
from catalog.events import ChangedProduct
from chassis.db import ReadTx, WriteTx

# Whether a sale has begun or ended that the lists do not show yet.
ANY_DUE = """(
    exists (select from sales where not begun and starts_at <= now())
    or exists (select from sales where ends_at <= now())
)"""
_INSERT = """
with sale as (
    insert into sales (id, product_id, name, starts_at, ends_at, begun)
    select $1, $2, $3, $4, $5, $4 <= now() where $5 > now() returning id
)
insert into sale_prices (sale_id, variant_id, currency, amount)
select sale.id, v.id, given.currency, given.amount
from sale cross join json_to_recordset($6::text::json) as given(sku text, currency text, amount bigint)
join variants v on v.sku = given.sku and v.product_id = $2
"""
_SALE = """
select s.id, s.name, s.starts_at, s.ends_at, p.version,
       (select count(*) from sale_prices where sale_id = s.id) as prices
from sales s join products p on p.id = s.product_id
"""
_OF_PRODUCT = f"{_SALE} where p.slug = $1 and s.ends_at > now() order by s.starts_at, s.id"
_BY_ID = f"{_SALE} where s.id = $1"
_COUNT = "select count(*) from sales where product_id = $1"
_PRICES = """
select v.sku, sp.currency, sp.amount from sale_prices sp join variants v on v.id = sp.variant_id
where sp.sale_id = $1 order by v.position, v.id, sp.currency
"""
_DELETE = "delete from sales where id = $2 and product_id = $1"
# Products in the order in which an import locks them.
_DUE = """
select id from products where id in (
    select product_id from sales where not begun and starts_at <= now()
    union select product_id from sales where ends_at <= now()
) order by slug limit $1 for no key update
"""
# Another sweep may have done it while this one waited for the lock: only what changes now counts.
_APPLY = """
with ended as (
    delete from sales where product_id = any($1) and ends_at <= now() returning product_id
), started as (
    update sales set begun = true where product_id = any($1) and not begun and starts_at <= now() and ends_at > now()
    returning product_id
)
update products set version = version + 1, updated_at = now()
where id in (select product_id from ended union select product_id from started)
returning id, slug, version
"""


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale of a product; `prices`: how many it sets; `version`: the product's."""

    id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime
    version: int
    prices: int


async def insert(tx: WriteTx, product_id: UUID, sale: NewSale) -> int:
    """How many prices it set; 0: its time is over."""
    prices = msgspec.json.encode(sale.prices).decode()
    return await tx.execute(_INSERT, sale.id, product_id, sale.name, sale.starts_at, sale.ends_at, prices)


async def of_product(tx: ReadTx, slug: str) -> list[Sale]:
    """Those that run or are to come, in the order in which they begin."""
    return await tx.rows(Sale, _OF_PRODUCT, slug)


async def by_id(tx: ReadTx, sale_id: UUID) -> Sale | None:
    """None: there is none, or it is over."""
    return await tx.row(Sale, _BY_ID, sale_id)


async def count(tx: ReadTx, product_id: UUID) -> int:
    """How many sales a product has."""
    found: int = await tx.value(_COUNT, product_id)
    return found


async def prices(tx: ReadTx, sale_id: UUID) -> list[SalePrice]:
    """What a sale sets, in the order of the product's variants."""
    return await tx.rows(SalePrice, _PRICES, sale_id)


async def delete(tx: WriteTx, product_id: UUID, sale_id: UUID) -> bool:
    """Whether the product had it."""
    return bool(await tx.execute(_DELETE, product_id, sale_id))


async def due(tx: WriteTx, most: int) -> list[UUID]:
    """Products of which a sale has begun or ended, locked."""
    rows: list[dict[str, UUID]] = await tx.rows(dict, _DUE, most)
    return [row["id"] for row in rows]


async def apply(tx: WriteTx, product_ids: Sequence[UUID]) -> list[ChangedProduct]:
    """Note that sales have begun, and forget those that are over; the products that this changes.

    Call `sum_up` for them in the same transaction.
    """
    return await tx.rows(ChangedProduct, _APPLY, product_ids)
