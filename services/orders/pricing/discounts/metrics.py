"""Metrics of discounts. No label identifies a person, a code or a discount."""

from __future__ import annotations

from chassis.telemetry import counter
from orders.pricing.discounts.domain.reasons import Reason

HOW = ("code", "automatic")

taken = counter("discounts_taken", "Uses of discounts by orders that were placed", {"how": HOW})
given_back = counter("discounts_given_back", "Uses that came back with an order that ended unpaid")
lost = counter(
    "discounts_lost",
    "Orders that were not placed since the last use of a discount was taken while they were being placed",
    {"reason": (Reason.USED_UP.value, Reason.USED_BY_YOU.value)},
)
refused = counter(
    "discount_codes_refused", "Codes that did not count, by why", {"reason": [each.value for each in Reason]}
)
