"""Which pages of products there are, for search engines."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chassis.db import ReadTx

# Those before are passed over in the index alone.
_PAGES = """
select slug, updated_at from products
where status = 'active' and id >= (select id from products where status = 'active' order by id offset $1 limit 1)
order by id limit $2
"""


class ProductPage(msgspec.Struct, frozen=True):
    """The page of a product, and when that changed last."""

    slug: str
    updated_at: datetime


async def count(tx: ReadTx) -> int:
    """How many products are shown."""
    return int(await tx.value("select count(*) from products where status = 'active'"))


async def some(tx: ReadTx, skipped: int, limit: int) -> list[ProductPage]:
    """In the order in which they were made."""
    return await tx.rows(ProductPage, _PAGES, skipped, limit)
