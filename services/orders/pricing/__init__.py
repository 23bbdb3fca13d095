"""What an order costs: lines, discounts, shipping and tax. See `priced`; `price` is its arithmetic."""

from orders.pricing.api import previews, shipping, taxes
from orders.pricing.api.places import VatId
from orders.pricing.api.priced_models import Calculation
from orders.pricing.api.wanted_models import Choices
from orders.pricing.discounts.api import admin as discount_routes
from orders.pricing.discounts.api import codes as code_routes
from orders.pricing.domain.basket import (
    STANDARD,
    Allocation,
    BasketLine,
    Destination,
    VatNumber,
    Wanted,
)
from orders.pricing.domain.frozen import frozen_method
from orders.pricing.domain.price import price
from orders.pricing.domain.priced import Priced
from orders.pricing.domain.rounding import spread, tax_in
from orders.pricing.domain.rules import Rules
from orders.pricing.domain.vat import WrongVatNumber, vat_number
from orders.pricing.problems import ShippingNotOffered
from orders.pricing.store.versions import CURRENT
from orders.pricing.usecases.current_rules import KeptRules
from orders.pricing.usecases.priced import forget, priced
from orders.pricing.usecases.repriced import repriced

routers = [shipping.router, taxes.router, previews.router, discount_routes.router, code_routes.codes]

__all__ = [
    "CURRENT",
    "STANDARD",
    "Allocation",
    "BasketLine",
    "Calculation",
    "Choices",
    "Destination",
    "KeptRules",
    "Priced",
    "Rules",
    "ShippingNotOffered",
    "VatId",
    "VatNumber",
    "Wanted",
    "WrongVatNumber",
    "forget",
    "frozen_method",
    "price",
    "priced",
    "repriced",
    "routers",
    "spread",
    "tax_in",
    "vat_number",
]
