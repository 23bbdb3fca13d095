"""All that prices follow from, as it was at one version."""

from __future__ import annotations

from dataclasses import dataclass, field

from orders.pricing.discounts.domain.discount import Discount
from orders.pricing.domain.shipping import ShippingRules
from orders.pricing.domain.taxes import TaxRules


@dataclass(frozen=True, slots=True)
class Rules:
    """A snapshot of the shop's rules. `version` goes up with each change of them. `discounts`: the automatic ones."""

    version: int
    shipping: ShippingRules = field(default_factory=ShippingRules)
    taxes: TaxRules = field(default_factory=TaxRules)
    discounts: tuple[Discount, ...] = ()
