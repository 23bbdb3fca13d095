"""A day's report: by account and currency, what changed it, so that beginning and changes add up to the end."""

from __future__ import annotations

import msgspec

from payments.domain.ledger import Account

REPORTED: tuple[Account, ...] = ("provider_receivable", "bank", "cash")
"""The accounts that hold the shop's money."""


class DayOfAccount(msgspec.Struct, frozen=True):
    """Minor units. `captured` came in; `refunded`, `disputed`, `fees` and `paid_out` went out, and are below 0 where
    more came back. Of the bank, what the provider pays out is `paid_out` below 0.
    """

    account: Account
    currency: str
    opening: int
    captured: int
    refunded: int
    disputed: int
    fees: int
    paid_out: int
    closing: int

    @property
    def adds_up(self) -> bool:
        """Whether beginning and changes give the end."""
        out = self.refunded + self.disputed + self.fees + self.paid_out
        return self.opening + self.captured - out == self.closing
