"""The list of products: filtered, sorted, a page at a time. Amounts in minor units of one currency."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import msgspec

from catalog.domain.products import MAX_AMOUNT, ProductStatus
from catalog.store.prices import AMOUNT, ON_SALE
from catalog.store.search import SearchTerms
from chassis.db import ReadTx

Sort = Literal["newest", "title", "price", "-price"]

_CURRENCY = re.compile("[A-Z]{3}")
# The longest page, and one product more, which says that there is another page.
MOST = 101

# A product is shown in a currency when at least one of its variants has a price in it.
_CARDS = """
select chosen.*, m.id as media_id, m.alt, m.width, m.height, m.widths
from (
    select p.id, p.slug, p.title, p.vendor, p.product_type, p.tags, p.status, {title} as sort_title,
           pp.amount_from as price_from, pp.amount_to as price_to, pp.compare_at, pp.in_stock
    from products p
    join product_prices pp on pp.product_id = p.id and pp.currency = {currency}
    {search}
    where {clauses} order by {order} limit {most}
) as chosen
left join lateral (
    select id, alt, width, height, widths from media where product_id = chosen.id order by position limit 1
) m on true
order by {shown} limit {limit}
"""
_SEARCH = "join product_search ps on ps.product_id = p.id"
# Cursors travel in addresses, so that a long title is cut there. By its product the place is found all the same; where
# that has another title by now, the list goes on from what the cursor holds.
CURSOR_TITLE = 80
_WHOLE_TITLE = """coalesce((
    select t.sort_title from product_search t where t.product_id = {1} and starts_with(t.sort_title, {0})
), {0})"""
# In the category, or in one below it.
_IN_CATEGORY = """p.id in (
    select cp.product_id from category_products cp where cp.category_id = any(array(
        with recursive below as (
            select id from categories where slug = {}
            union all select c.id from categories c join below on c.parent_id = below.id
        )
        select id from below
    ))
)"""
_IN_COLLECTION = """p.id in (
    select cp.product_id from collection_products cp join collections c on c.id = cp.collection_id
    where c.slug = {} and c.published
)"""
# What comes after a place; the order in which products are chosen, by an index; the same of those chosen.
_ORDERS: dict[Sort, tuple[str, str, str]] = {
    # Both, or a merge of the two indexes would read all prices from the newest product on.
    "newest": ("p.id < {0} and pp.product_id < {0}", "p.id desc", "chosen.id desc"),
    "title": (
        f"(ps.sort_title, ps.product_id) > ({_WHOLE_TITLE}, {{1}})",
        "ps.sort_title, ps.product_id",
        "chosen.sort_title, chosen.id",
    ),
    "price": (
        "(pp.amount_from, pp.product_id) > ({0}, {1})",
        "pp.amount_from, pp.product_id",
        "chosen.price_from, chosen.id",
    ),
    "-price": (
        "(pp.amount_from, pp.product_id) < ({0}, {1})",
        "pp.amount_from desc, pp.product_id desc",
        "chosen.price_from desc, chosen.id desc",
    ),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list. Public lists show active products only; `status` None: in any status."""

    currency: str
    status: ProductStatus | None = "active"
    product_type: str | None = None
    vendor: str | None = None
    tag: str | None = None
    min_price: int | None = None
    max_price: int | None = None
    in_stock: bool | None = None
    category: str | None = None
    collection: str | None = None

    @property
    def looks_through(self) -> bool:
        """Whether every product may have to be read to fill a page: no index holds all prices of a product."""
        return (self.min_price, self.max_price) != (None, None)

    @property
    def selects(self) -> bool:
        """Whether it filters by more than the status: the number of matches depends on the values."""
        chosen = (self.product_type, self.vendor, self.tag, self.in_stock, self.category, self.collection)
        return self.looks_through or chosen != (None,) * len(chosen)


class Card(msgspec.Struct, frozen=True):
    """A product in a list."""

    id: UUID
    slug: str
    title: str
    vendor: str
    product_type: str
    tags: list[str]
    status: ProductStatus
    sort_title: str | None
    price_from: int
    price_to: int
    compare_at: int | None
    in_stock: bool
    media_id: UUID | None
    alt: str | None
    width: int | None
    height: int | None
    widths: list[int] | None

    def place(self, sort: Sort) -> tuple[Any, ...]:
        """The place in a list sorted by `sort`, as a cursor holds it."""
        if sort == "newest":
            return (self.id,)
        return ((self.sort_title or "")[:CURSOR_TITLE] if sort == "title" else self.price_from, self.id)


async def cards(
    tx: ReadTx,
    filters: Filters,
    asked: SearchTerms | None = None,
    *,
    sort: Sort,
    after: Sequence[Any] | None,
    limit: int,
) -> list[Card]:
    """At most `limit` products, of those `asked` for, after the place `after` in the order of `sort`."""
    arguments: list[Any] = []

    def put(value: Any) -> str:
        arguments.append(value)
        return f"${len(arguments)}"

    planned = asked is not None or filters.selects
    # A kept plan has the currency and the number of rows as constants, since the best plan depends on them.
    currency = put(filters.currency) if planned else f"'{_checked(filters.currency)}'"
    found = conditions(filters, currency, put)
    if asked is not None:
        found.append(asked.condition(put))
    later, order, shown = _ORDERS[sort]
    if after is not None:
        found.append(later.format(*(put(value) for value in after)))
    of_search = asked is not None or sort == "title"
    most = put(limit)
    sql = _CARDS.format(
        currency=currency,
        title="ps.sort_title" if of_search else "null",
        search=_SEARCH if of_search else "",
        clauses=" and ".join(found) or "true",
        order=order,
        most=most if planned else MOST,
        shown=shown,
        limit=most,
    )
    # Rare words are found by their index, common ones in the order of the list.
    return await (tx.rows_planned if planned else tx.rows)(Card, sql, *arguments)


def _checked(currency: str) -> str:
    if not _CURRENCY.fullmatch(currency):
        raise ValueError(f"{currency!r} is no currency")
    return currency


def conditions(filters: Filters, currency: str, put: Callable[[Any], str]) -> list[str]:
    """The clauses on products `p` and their prices `pp`. `put` takes an argument and gives its place holder."""
    # The status is a constant, so that the partial indexes can be used.
    found = [f"p.status = '{filters.status}'"] if filters.status else []
    if filters.product_type is not None:
        found.append(f"p.product_type = {put(filters.product_type)}")
    if filters.vendor is not None:
        found.append(f"p.vendor = {put(filters.vendor)}")
    if filters.tag is not None:
        found.append(f"p.tags @> array[{put(filters.tag)}::text]")
    if filters.min_price is not None or filters.max_price is not None:
        high = MAX_AMOUNT if filters.max_price is None else filters.max_price
        found += _between(currency, put(filters.min_price or 0), put(high))
    if filters.in_stock is not None:
        found.append(f"pp.in_stock = {put(filters.in_stock)}")
    if filters.category is not None:
        found.append(_IN_CATEGORY.format(put(filters.category)))
    if filters.collection is not None:
        found.append(_IN_COLLECTION.format(put(filters.collection)))
    return found


def _between(currency: str, low: str, high: str) -> list[str]:
    """A variant's price is between; the product's price range is compared first, by an index."""
    a_variant = f"""exists (
        select from variants v join variant_prices vp on vp.variant_id = v.id and vp.currency = {currency}
        {ON_SALE}
        where v.product_id = p.id and v.active and {AMOUNT} between {low} and {high}
    )"""
    return [f"pp.amount_from <= {high}", f"pp.amount_to >= {low}", a_variant]
