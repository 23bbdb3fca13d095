"""What the catalog holds, as tests compare it."""

from __future__ import annotations

from typing import Any

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
