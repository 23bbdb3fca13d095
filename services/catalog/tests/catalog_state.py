"""What the catalog holds, as tests compare it."""

from __future__ import annotations

from typing import Any

from catalog.tests.shop import Shop
from chassis.db import Database

_PRODUCTS = """
select slug, title, description_html as description, vendor, product_type as type, tags, status, options,
       array(select source_url from media m where m.product_id = p.id order by position) as images
from products p
"""
_VARIANTS = """
select v.id, p.slug, array_to_string(v.option_values, ' / ') as name, v.option_values, v.sku, v.active, v.barcode,
       v.weight_grams as weight, s.on_hand as stock, s.tracked, s.backorder, e.amount as price, e.compare_at,
       array(select currency || ' ' || amount from variant_prices where variant_id = v.id order by 1) as prices
from variants v join products p on p.id = v.product_id join stock s on s.variant_id = v.id
left join variant_prices e on e.variant_id = v.id and e.currency = 'EUR'
"""
# Products that are not told in stock as their variants are.
WRONG = """
select count(*) from product_prices pp, lateral (
    select bool_or(not s.tracked or s.backorder or s.on_hand > s.reserved) as in_stock
    from variants v join variant_prices vp on vp.variant_id = v.id and vp.currency = pp.currency
    join stock s on s.variant_id = v.id
    where v.product_id = pp.product_id and v.active
) as found
where pp.in_stock is distinct from found.in_stock
"""


async def state(db: Database) -> dict[str, dict[str, Any]]:
    """Every product with its variants by their option values."""
    async with db.read() as tx:
        products: list[dict[str, Any]] = await tx.rows(dict, _PRODUCTS)
        variants: list[dict[str, Any]] = await tx.rows(dict, _VARIANTS)
    found = {product["slug"]: product | {"variants": {}} for product in products}
    for row in variants:
        prices = {code: int(amount) for code, amount in (price.split() for price in row["prices"])}
        found[row["slug"]]["variants"][row["name"]] = row | {"prices": prices}
    return found


def identities(found: dict[str, dict[str, Any]]) -> dict[tuple[str, frozenset[str]], Any]:
    """Ids by what a shopper chose, in whatever order."""
    return {
        (slug, frozenset(value.casefold() for value in variant["option_values"])): variant["id"]
        for slug, product in found.items()
        for variant in product["variants"].values()
    }


async def books(shop: Shop) -> None:
    """What must hold at every moment, whatever happened before."""
    async with shop.db.read() as tx:
        held = """
        select count(*) from stock s where reserved <> coalesce((
            select sum(quantity) from reservation_lines l join reservations r using (order_id)
            where l.variant_id = s.variant_id and r.status = 'held'), 0)
        """
        assert await tx.value(held) == 0, "reserved is what the holds say"
        moved = """
        select count(*) from stock s where on_hand <> coalesce((
            select sum(delta) from stock_movements m where m.variant_id = s.variant_id), 0)
        """
        assert await tx.value(moved) == 0, "on hand is the sum of its movements"
        sold = """
        select count(*) from stock_movements m full join (
            select r.order_id, l.variant_id, l.quantity from reservations r
            join reservation_lines l using (order_id) join stock s using (variant_id)
            where r.status = 'committed' and s.tracked
        ) c on (c.order_id, c.variant_id) = (m.order_id, m.variant_id)
        where (m.order_id is not null or c.order_id is not null) and c.quantity is distinct from -m.delta
        """
        assert await tx.value(sold) == 0, "what is sold is what was committed"
        assert await tx.value(WRONG) == 0, "a product is in stock when one of its variants is"
