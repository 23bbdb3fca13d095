"""Whether anything of an order may be sent: from its payment, its stock and its disputes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Obstacle(StrEnum):
    """Why nothing of an order is sent now."""

    NOT_PAID = "not_paid"
    REFUNDED = "refunded"
    WITHOUT_STOCK = "paid_without_stock"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides it. Amounts in minor units; `refunded` counts what is on its way back, too."""

    paid: bool
    without_stock: bool
    total: int
    refunded: int
    disputes: int


def obstacle(order: Standing, *, despite_dispute: bool) -> Obstacle | None:
    """None: it may be sent. `despite_dispute`: staff know that the payment is disputed, and send all the same."""
    if not order.paid:
        return Obstacle.NOT_PAID
    if order.without_stock:
        return Obstacle.WITHOUT_STOCK
    if 0 < order.total <= order.refunded:
        return Obstacle.REFUNDED
    if order.disputes and not despite_dispute:
        return Obstacle.DISPUTED
    return None
