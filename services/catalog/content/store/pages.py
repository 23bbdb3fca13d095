"""Which pages of products, collections and categories there are, for search engines."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chassis.db import ReadTx

# Those before are passed over in the index alone.
_PRODUCTS = """
select '/products/' || slug as path, updated_at as changed from products
where status = 'active' and id >= (select id from products where status = 'active' order by id offset $1 limit 1)
order by id limit $2
"""
_COLLECTIONS = """
select '/collections/' || slug as path, updated_at as changed from collections where published order by id
"""
# Those in which, or below which, a product is shown in the currency. One product of each category is looked for, so
# that not all of them are counted.
_CATEGORIES = """
with recursive ways as (
    select id, array[id] as ids, '/categories/' || slug as path, updated_at from categories where parent_id is null
    union all
    select c.id, ways.ids || c.id, ways.path || '/' || c.slug, c.updated_at
    from categories c join ways on c.parent_id = ways.id
), filled as (
    select distinct unnest(ways.ids) as id from ways cross join lateral (
        select 1 from category_products cp
        join products p on p.id = cp.product_id and p.status = 'active'
        join product_prices pp on pp.product_id = p.id and pp.currency = $1
        where cp.category_id = ways.id limit 1
    ) as one
)
select path, updated_at as changed from ways join filled using (id) order by path
"""


class Page(msgspec.Struct, frozen=True):
    """A page by its path, and when what it is about changed last."""

    path: str
    changed: datetime


async def count(tx: ReadTx) -> int:
    """How many products are shown."""
    return int(await tx.value("select count(*) from products where status = 'active'"))


async def products(tx: ReadTx, skipped: int, limit: int) -> list[Page]:
    """In the order in which they were made."""
    return await tx.rows(Page, _PRODUCTS, skipped, limit)


async def collections(tx: ReadTx) -> list[Page]:
    """Those that are published; their number is bounded."""
    return await tx.rows(Page, _COLLECTIONS)


async def categories(tx: ReadTx, currency: str) -> list[Page]:
    """Those with products; their number is bounded."""
    return await tx.rows(Page, _CATEGORIES, currency)
