"""Reads the variants that can be bought, and sets their stock."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.store import ProofStore

# The defaults of the orders service, in cents.
SHIPPING, FREE_FROM = 500, 10_000


@dataclass(frozen=True)
class Variant:
    """A variant with its available stock. `price` is in cents."""

    id: str
    sku: str
    available: int
    price: int

    @property
    def total(self) -> dict[str, object]:
        """The total of an order of one unit, shipping included."""
        return self.total_of(1)

    def total_of(self, units: int) -> dict[str, object]:
        """The total of an order of so many units, shipping included."""
        goods = self.price * units
        return {"amount": goods + (0 if goods >= FREE_FROM else SHIPPING), "currency": "EUR"}


_VARIANTS = """
select v.id::text, v.sku, s.on_hand - s.reserved as available, e.amount as price
from variants v join stock s on s.variant_id = v.id join products p on p.id = v.product_id
join variant_prices e on e.variant_id = v.id and e.currency = 'EUR'
where p.status = 'active' and s.tracked and not s.backorder order by v.sku
"""
# With a stock movement, as for a recount by staff: the books compare the two.
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


async def set_stock(store: ProofStore, variant: Variant, units: int) -> None:
    """Set the stock so that exactly this many units are available."""
    await store.rows("catalog", _RECOUNT, variant.id, units)
