"""Who sells: the shop, as its people have set it."""

from __future__ import annotations

from chassis.shop_profile import Seller
from orders.documents.domain.content import Party


def seller_of(known: Seller) -> Party:
    """The shop as it stands on its documents from now on; those that are written keep what they have."""
    contact = " · ".join(part for part in (known.email, known.registration) if part)
    return Party([known.name, *known.lines], None, known.vat_id, contact or None)
