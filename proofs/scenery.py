"""The variants that can be bought, and how to set their stock."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.store import ProofStore

# As the settings of orders are in a store of its own: cents.
SHIPPING, FREE_FROM = 500, 10_000


@dataclass(frozen=True)
class Variant:
    """A variant with its available stock. `price` of a piece: cents."""

    id: str
    sku: str
    available: int
    price: int

    @property
    def total(self) -> dict[str, object]:
        """What one piece costs, shipping included: what a shopper is shown before they order."""
        return {"amount": self.price + (0 if self.price >= FREE_FROM else SHIPPING), "currency": "EUR"}


_VARIANTS = """
select v.id::text, v.sku, s.on_hand - s.reserved as available, e.amount as price
from variants v join stock s on s.variant_id = v.id join products p on p.id = v.product_id
join variant_prices e on e.variant_id = v.id and e.currency = 'EUR'
where p.status = 'active' and s.tracked and not s.backorder order by v.sku
"""
# As a recount of the shelf would: the movement says why, so that the books stay exact.
_RECOUNT = """
with counted as (
    update stock set on_hand = $2 + reserved, version = version + 1, updated_at = now()
    from (select on_hand as before from stock where variant_id = $1::uuid for update) old
    where variant_id = $1::uuid returning variant_id, on_hand - before as delta
)
insert into stock_movements (variant_id, delta, reason)
select variant_id, delta, 'recounted' from counted where delta <> 0
"""


async def variants(store: ProofStore) -> list[Variant]:
    """Every tracked variant of an active product, by SKU."""
    rows = await store.rows("catalog", _VARIANTS)
    return [Variant(row["id"], row["sku"], row["available"], row["price"]) for row in rows]


async def put_on_shelf(store: ProofStore, variant: Variant, pieces: int) -> None:
    """Have exactly so many pieces available."""
    await store.rows("catalog", _RECOUNT, variant.id, pieces)
