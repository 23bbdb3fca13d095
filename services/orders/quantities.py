"""How many pieces of which variants, and the most that an order may have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

MAX_LINES = 50
MAX_QUANTITY = 999
# Payment providers take at most twelve digits.
MAX_TOTAL = 999_999_999_999


@dataclass(frozen=True, slots=True)
class VariantQuantity:
    """A quantity of a variant."""

    variant_id: UUID
    quantity: int


def gathered(lines: Iterable[VariantQuantity]) -> list[VariantQuantity]:
    """One line a variant, quantities summed, in the order of first mention."""
    sums: dict[UUID, int] = {}
    for line in lines:
        sums[line.variant_id] = sums.get(line.variant_id, 0) + line.quantity
    return [VariantQuantity(variant_id, quantity) for variant_id, quantity in sums.items()]
