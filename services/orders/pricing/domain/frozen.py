"""What an order keeps of how it is shipped, whatever becomes of the rules."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from orders.pricing.domain.priced import Priced


def frozen_method(priced: Priced) -> dict[str, Any] | None:
    """The way of shipping with its estimate, and the tax on it by rate.

    None where nothing is shipped, and of the flat rate (whose id is None) where it is taxed at one rate.
    """
    method, taxes = priced.method, priced.shipping_taxes
    if method is None or (method.id is None and len(taxes) < 2):
        return None
    days = method.estimate
    return {
        "id": method.id,
        "title": method.title,
        "zone": method.zone,
        "pickup": method.kind == "pickup",
        "pickup_at": method.pickup_at,
        "min_days": days.min_days if days else None,
        "max_days": days.max_days if days else None,
        # `net` and `tax` sum to what is charged for shipping.
        "taxes": [asdict(share) for share in taxes],
    }
