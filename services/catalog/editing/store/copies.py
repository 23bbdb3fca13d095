"""A product copied with its variants, prices and stored pictures, in one statement for each kind of row."""

from __future__ import annotations

from uuid import UUID

from chassis.db import WriteTx

# Locked, so that what is copied stays as it is until the copy has committed: its pictures' files, too.
_SOURCE = "select id, title from products where slug = $1 for no key update"
_PRODUCT = """
insert into products (id, slug, title, description_html, vendor, product_type, tags, tax_class, status, options)
select $2, $3, $4, description_html, vendor, product_type, tags, tax_class, 'draft', options
from products where id = $1 on conflict do nothing
"""
# Stored pictures alone: others are fetched for the product that names their address. No barcode: it is one article's.
_ROWS = """
with pictures as (
    select uuidv7() as new_id, id, position, alt, source_url, digest, content_type, width, height, widths, stored_at
    from media where product_id = $1 and digest is not null
), shown as (
    insert into media (
        id, product_id, position, alt, source_url, digest, content_type, width, height, widths, stored_at
    )
    select new_id, $2, position, alt, source_url, digest, content_type, width, height, widths, stored_at from pictures
), source as (
    select uuidv7() as new_id, row_number() over (order by position, id) as n, v.*
    from variants v where product_id = $1 and active
), made as (
    insert into variants (
        id, product_id, sku, option_values, position, weight_grams, requires_shipping, taxable, media_id
    )
    select s.new_id, $2, left(s.sku, 80) || '-' || $3 || case when length(s.sku) > 80 then '-' || s.n else '' end,
           s.option_values, s.n, s.weight_grams, s.requires_shipping, s.taxable, p.new_id
    from source s left join pictures p on p.id = s.media_id
), stocked as (
    insert into stock (variant_id, tracked, backorder)
    select new_id, tracked, backorder from source s join stock on variant_id = s.id
), priced as (
    insert into variant_prices (variant_id, currency, amount, compare_at)
    select s.new_id, vp.currency, vp.amount, vp.compare_at from source s join variant_prices vp on vp.variant_id = s.id
)
select count(*) from source
"""


async def lock_source(tx: WriteTx, slug: str) -> tuple[UUID, str] | None:
    """The id and the title of a product, locked until the transaction ends. None: no such product."""
    found: list[dict[str, object]] = await tx.rows(dict, _SOURCE, slug)
    return (UUID(str(found[0]["id"])), str(found[0]["title"])) if found else None


async def product(tx: WriteTx, source: UUID, product_id: UUID, slug: str, title: str) -> bool:
    """Whether the copy was inserted, as a draft; if not, another product has the slug."""
    return bool(await tx.execute(_PRODUCT, source, product_id, slug, title))


async def rows(tx: WriteTx, source: UUID, product_id: UUID, mark: str) -> int:
    """Copy what belongs to a product, with nothing on the shelf; how many variants. `mark`: the end of their SKUs.

    Raises:
        asyncpg.UniqueViolationError: `variants_sku_once`.
    """
    count: int = await tx.value(_ROWS, source, product_id, mark)
    return count
