"""Money: integer minor units of one currency. Nothing here ever divides or rounds a float."""

from __future__ import annotations

import msgspec

# ISO 4217 currencies whose minor unit is not the hundredth.
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_EXPONENTS = dict.fromkeys(_WHOLE.split(), 0) | dict.fromkeys(_THOUSANDTHS.split(), 3)


def exponent(currency: str) -> int:
    """Decimal places of a currency's minor unit: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _EXPONENTS.get(currency, 2)


class MismatchedCurrency(ValueError):
    """Two amounts of different currencies were to be combined."""


class Money(msgspec.Struct, frozen=True, order=False):
    """An amount in minor units (cents) with its ISO 4217 code in capitals."""

    amount: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def times(self, quantity: int) -> Money:
        """The price of `quantity` pieces."""
        return Money(self.amount * quantity, self.currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise MismatchedCurrency(f"{self.currency} and {other.currency} do not add up")
        return other.amount

    def __str__(self) -> str:
        """For people: "12.50 EUR"."""
        places = exponent(self.currency)
        if places == 0:
            return f"{self.amount} {self.currency}"
        sign, digits = ("-" if self.amount < 0 else ""), str(abs(self.amount)).rjust(places + 1, "0")
        return f"{sign}{digits[:-places]}.{digits[-places:]} {self.currency}"
