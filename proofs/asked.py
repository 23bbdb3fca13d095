"""What staff and customers asked for after the payment, and were answered: each of it has to be there once."""

from __future__ import annotations

import collections
from dataclasses import dataclass, field


@dataclass
class Asked:
    """By id the order of each refund, cancellation, parcel and return; `orders` had nothing else.

    `amounts`: of each refund. `on_shelf`: pieces that went back on the shelf, by order. `accounts`: whether their
    customer at the provider was deleted. `adjustments`: of the stock, by their reason. `products`: imported, by handle.
    `drafts`: each became an order of the same id, was corrected, and paid in cash.
    """

    orders: set[str] = field(default_factory=set)
    refunds: dict[str, str] = field(default_factory=dict)
    cancellations: dict[str, str] = field(default_factory=dict)
    parcels: dict[str, str] = field(default_factory=dict)
    returns: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    on_shelf: collections.Counter[str] = field(default_factory=collections.Counter)
    disputes: set[str] = field(default_factory=set)
    accounts: dict[str, bool] = field(default_factory=dict)
    adjustments: set[str] = field(default_factory=set)
    products: set[str] = field(default_factory=set)
    drafts: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        kinds = (
            "refunds",
            "cancellations",
            "parcels",
            "returns",
            "disputes",
            "accounts",
            "adjustments",
            "products",
            "drafts",
        )
        counts = [f"{len(getattr(self, kind))} {kind}" for kind in kinds]
        return (
            f"{len(self.orders)} orders after their payment: {', '.join(counts)}, {self.on_shelf.total()} pieces back"
        )
