"""What a sale is to be, and what is wrong with it before the database is asked."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from chassis.problems import FieldError

# Of one product, that run or are to come.
MAX_SALES = 20


class SalePrice(msgspec.Struct, frozen=True):
    """What a variant costs in one currency while the sale runs, in minor units."""

    sku: str
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class NewSale:
    """A sale that is to be."""

    id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime
    prices: list[SalePrice]


def price_faults(sale: NewSale, known: AbstractSet[str]) -> Iterator[FieldError]:
    """SKUs that the product does not have."""
    for place, price in enumerate(sale.prices):
        if price.sku not in known:
            yield FieldError(f"prices.{place}.sku", "The product has no variant with this SKU", "unknown_sku")
