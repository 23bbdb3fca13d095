"""Products as shoppers see them: those of a collection, a page at a time, and some by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from catalog.collections.store.collections import Kind
from catalog.store.browse import Card
from chassis.db import ReadTx

# In the order of an index: by hand of the positions, by rule of the ids, newest first.
_CARDS = """
select chosen.*, m.id as media_id, m.alt, m.width, m.height, m.widths
from (
    select p.id, p.slug, p.title, p.vendor, p.product_type, p.tags, p.status, null as sort_title,
           pp.amount_from as price_from, pp.amount_to as price_to, pp.compare_at, pp.in_stock, cp.position
    from collection_products cp
    join products p on p.id = cp.product_id and p.status = 'active'
    join product_prices pp on pp.product_id = p.id and pp.currency = $2
    where cp.collection_id = $1 and {after} order by {order} limit $3
) as chosen
left join lateral (
    select id, alt, width, height, widths from media where product_id = chosen.id order by position limit 1
) m on true
order by {shown}
"""
_BY_HAND = _CARDS.format(after="cp.position > coalesce($4::integer, 0)", order="cp.position", shown="chosen.position")
_FIRST = _CARDS.format(after="true", order="cp.product_id desc", shown="chosen.id desc")
_LATER = _CARDS.format(after="cp.product_id < $4", order="cp.product_id desc", shown="chosen.id desc")
# Of some products, in the order that is asked for.
_BY_ID = """
select p.id, p.slug, p.title, p.vendor, p.product_type, p.tags, p.status, null as sort_title,
       pp.amount_from as price_from, pp.amount_to as price_to, pp.compare_at, pp.in_stock,
       m.id as media_id, m.alt, m.width, m.height, m.widths
from unnest($1::uuid[]) with ordinality as wanted (id, place)
join products p on p.id = wanted.id and p.status = 'active'
join product_prices pp on pp.product_id = p.id and pp.currency = $2
left join lateral (
    select id, alt, width, height, widths from media where product_id = p.id order by position limit 1
) m on true
order by wanted.place limit $3
"""


class Listed(msgspec.Struct, frozen=True):
    """A product of a collection, and its place in it."""

    card: Card
    position: int | None

    def place(self, kind: Kind) -> tuple[int | UUID | None]:
        """As a cursor holds it."""
        return (self.position,) if kind == "hand" else (self.card.id,)


async def cards(
    tx: ReadTx, collection_id: UUID, kind: Kind, currency: str, after: int | UUID | None, limit: int
) -> list[Listed]:
    """At most `limit` active products with a price in the currency, after a place."""
    arguments: list[Any] = [collection_id, currency, limit]
    if kind == "hand":
        return await tx.rows(_listed, _BY_HAND, *arguments, after)
    return await tx.rows(_listed, *((_FIRST, *arguments) if after is None else (_LATER, *arguments, after)))


async def cards_of(tx: ReadTx, product_ids: Sequence[UUID], currency: str, limit: int) -> list[Card]:
    """Of these products, in this order, the first ones that are active and have a price in the currency."""
    return await tx.rows(Card, _BY_ID, product_ids, currency, limit)


def _listed(position: int | None, **own: Any) -> Listed:
    return Listed(Card(**own), position)
