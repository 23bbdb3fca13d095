"""The ways to pay, and how long each may take."""

from __future__ import annotations

from typing import Literal

Method = Literal["card", "bank_transfer", "cash"]

CARD: Method = "card"
# No order waits longer for its payment; the catalog holds stock for that long (`MAX_HOLD_SECONDS` there).
LONGEST_HOLD_DAYS = 90
DAY = 86_400


def is_manual(method: str) -> bool:
    """Whether staff mark it as paid: that takes days."""
    return method != CARD
