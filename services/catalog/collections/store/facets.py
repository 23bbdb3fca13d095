"""What a list of products can be narrowed by, with the number of products that would be left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from catalog.store.browse import Filters, conditions
from chassis.db import ReadTx

MOST_VALUES = 50
# Each facet is counted with all filters but its own, so that it shows what else could be chosen.
_OWN = {
    "types": ("product_type",),
    "vendors": ("vendor",),
    "tags": ("tag",),
    "stock": ("in_stock",),
    "prices": ("min_price", "max_price"),
}
_VALUES = """(
    select coalesce(json_agg(json_build_object('value', value, 'products', products)), '[]')
    from (
        select value, count(*) as products from {source} where {others} and value <> ''
        group by value order by count(*) desc, value limit {most}
    ) as found
)"""
_FACETS = """
with found as materialized (
    select p.product_type, p.vendor, p.tags, pp.in_stock, pp.amount_from, pp.amount_to, {flags}
    from products p join product_prices pp on pp.product_id = p.id and pp.currency = {currency}
    where {always}
)
select json_build_object(
    'products', (select count(*) from found where {all}),
    'types', {types}, 'vendors', {vendors}, 'tags', {tags},
    'in_stock', (select count(*) filter (where in_stock) from found where {not_stock}),
    'out_of_stock', (select count(*) filter (where not in_stock) from found where {not_stock}),
    'lowest', (select min(amount_from) from found where {not_prices}),
    'highest', (select max(amount_to) from found where {not_prices})
)::text
"""
_SOURCES = {
    "types": "(select product_type as value, found.* from found) as found",
    "vendors": "(select vendor as value, found.* from found) as found",
    "tags": "found cross join lateral unnest(found.tags) as tag (value)",
}


class Value(msgspec.Struct, frozen=True):
    """A value, and how many products have it."""

    value: str
    products: int


class Facets(msgspec.Struct, frozen=True):
    """All facets of a list. Amounts in minor units; None where there is no product."""

    products: int
    types: list[Value]
    vendors: list[Value]
    tags: list[Value]
    in_stock: int
    out_of_stock: int
    lowest: int | None
    highest: int | None


async def facets(tx: ReadTx, filters: Filters) -> Facets:
    """Of the products that the filters let through, in one statement."""
    arguments: list[Any] = []

    def put(value: Any) -> str:
        arguments.append(value)
        return f"${len(arguments)}"

    currency = put(filters.currency)
    nothing = Filters(filters.currency, status=None)
    own = {name: {field: getattr(filters, field) for field in fields} for name, fields in _OWN.items()}
    clauses = {name: conditions(replace(nothing, **fields), currency, put) for name, fields in own.items()}
    flags = ", ".join(f"({' and '.join(some) or 'true'}) as of_{name}" for name, some in clauses.items())
    emptied: dict[str, Any] = {field: None for fields in _OWN.values() for field in fields}
    common = replace(filters, **emptied)
    others = {name: " and ".join(f"found.of_{each}" for each in _OWN if each != name) for name in _OWN}
    values = {
        name: _VALUES.format(source=source, others=others[name], most=MOST_VALUES) for name, source in _SOURCES.items()
    }
    sql = _FACETS.format(
        flags=flags,
        currency=currency,
        always=" and ".join(conditions(common, currency, put)),
        all=" and ".join(f"of_{name}" for name in _OWN),
        not_stock=others["stock"],
        not_prices=others["prices"],
        **values,
    )
    found = await tx.rows_planned(dict[str, str], sql, *arguments)
    return msgspec.json.decode(next(iter(found[0].values())), type=Facets)
