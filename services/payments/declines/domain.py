"""When there were too many declines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Exceeded = Literal["order", "address"]


@dataclass(frozen=True, slots=True)
class Declines:
    """How many tries were declined: of an order, and of the shopper's address within the last hour."""

    of_order: int
    of_address: int


def exceeded(counted: Declines, per_order: int, per_address: int) -> Exceeded | None:
    """Which limit is reached; None while another try is allowed."""
    if counted.of_order >= per_order:
        return "order"
    return "address" if counted.of_address >= per_address else None
