"""A payout of the provider to the shop's bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """As the provider has it now. `amount` in minor units, below 0 where the provider took it from the bank.
    `complete`: all movements in it can be read.
    """

    id: str
    amount: int
    currency: str
    status: str
    automatic: bool
    arrives_on: date
    failure: str | None
    complete: bool
    created_at: datetime
