"""A catalog of 10,000 products, each with a picture, two variants and a price."""

from __future__ import annotations

import asyncpg

PRODUCTS = 10_000
KINDS, VENDORS, TAGS = 20, 50, 30
_FILL = f"""
with product as (
    insert into products (slug, title, description_html, vendor, product_type, tags, options, status)
    select 'product-' || n, initcap(md5(n::text)), '<p>' || repeat('Ink on paper. ', 20) || '</p>',
           'Vendor ' || n % {VENDORS}, 'Type ' || n % {KINDS}, array['tag ' || n % {TAGS}, 'tag ' || n % 7],
           '{{Size}}', 'active'
    from generate_series(1, {PRODUCTS}) as n returning id
), picture as (
    insert into media (product_id, position, alt, source_url, digest, content_type, width, height, widths)
    select id, 1, 'A picture', 'https://images.example/' || id, md5(id::text) || md5(id::text), 'image/webp',
           2000, 1500, '{{320,640,1280,2000}}' from product
), variant as (
    insert into variants (product_id, sku, option_values, position)
    select id, id || '-' || size, array['Size ' || size], size from product, generate_series(1, 2) as size
    returning id, product_id
), price as (
    insert into variant_prices (variant_id, currency, amount)
    select id, 'EUR', 1000 + abs(hashtext(id::text)) % 9000 from variant returning variant_id, amount
), stock as (insert into stock (variant_id, on_hand) select id, 10 from variant)
insert into product_prices (product_id, currency, amount_from, amount_to)
select product_id, 'EUR', min(amount), max(amount) from variant join price on variant_id = id group by product_id
"""


async def fill(url: str) -> None:
    """Insert them into an empty database of the catalog."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_FILL)
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()
