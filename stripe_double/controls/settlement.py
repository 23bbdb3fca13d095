"""Exchange at settlement: currencies without a bank account of their own are settled in euros. Off by default.

Source: https://docs.stripe.com/currencies/conversions.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from stripe_double.objects.currencies import all_supported, decimals_of
from stripe_double.objects.errors import invalid

HOME = "eur"
MAX_RATE = 1_000_000


class Settled(NamedTuple):
    """An amount as the balance has it. `rate` None: it was not exchanged."""

    amount: int
    currency: str
    rate: float | None


class Settlement:
    """The rates, by currency: the euros for one unit of it. `POST /_double/settlement` sets them; a restart resets."""

    def __init__(self) -> None:
        self.rates: dict[str, float] = {}

    def replace(self, wanted: dict[str, Any]) -> None:
        """Set the rates from JSON such as `{"usd": 0.92}`; currencies without one are settled in themselves."""
        for name, rate in wanted.items():
            if name not in all_supported() or name == HOME:
                raise invalid(name[:80], f"{name[:80]} is no currency that can be exchanged.")
            if type(rate) not in {int, float} or not 0 < rate <= MAX_RATE:
                raise invalid(name, f"{name} must be a JSON number above 0, up to {MAX_RATE}.")
        self.rates = dict(wanted)

    def settled(self, amount: int, currency: str) -> Settled:
        """The amount in the currency of the balance; half a minor unit is rounded away from zero."""
        rate = self.rates.get(currency)
        if rate is None:
            return Settled(amount, currency, None)
        scaled = Decimal(amount).scaleb(decimals_of(HOME) - decimals_of(currency)) * Decimal(str(rate))
        return Settled(int(scaled.quantize(Decimal(1), ROUND_HALF_UP)), HOME, float(rate))
