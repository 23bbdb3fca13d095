"""Money: integer minor units of one currency. Nothing here ever divides or rounds a float."""

from __future__ import annotations

import msgspec

# ISO 4217: active currencies by the decimal places of their minor unit. Metals, baskets and test codes
# have none and stand for nothing that a shop sells in. BGN and ANG have ended lately: prices in them may be stored.
_BY_PLACES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD "
        "CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
        "GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA "
        "MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR "
        "RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD "
        "TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
CURRENCIES = {code: places for places, codes in _BY_PLACES.items() for code in codes.split()}
"""Decimal places of the minor unit of every currency there is."""

# Units of account: amounts in them are converted before anybody pays.
_NO_CASH = frozenset("BOV CHE CHW CLF COU MXV USN UYI UYW XAD".split())


def exponent(currency: str) -> int:
    """Decimal places of a currency's minor unit: 2 for EUR, 0 for JPY, 3 for KWD; 2 for what is no currency."""
    return CURRENCIES.get(currency, 2)


def charge_step(currency: str) -> int:
    """The smallest difference that can be charged to a card, in minor units: a total is a multiple of it.

    Card schemes take two decimals of three, and no decimals of the ariary, whose fifth part (iraimbilanja) ISO 4217
    counts as hundredths.
    """
    if currency == "MGA":
        return 100
    return 10 if exponent(currency) == 3 else 1


def sellable(currency: str) -> bool:
    """Whether a shop can sell in it: it is money that people pay with, of at most three decimal places."""
    return currency in CURRENCIES and currency not in _NO_CASH


class MismatchedCurrency(ValueError):
    """Two amounts of different currencies were to be combined."""


class Money(msgspec.Struct, frozen=True, order=False):
    """An amount in minor units (cents) with its ISO 4217 code in capitals."""

    amount: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in this currency."""
        return cls(0, currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def rounding(self) -> Money:
        """What it is to be rounded by, half up, so that it can be charged: 5 fils for 5.125 KWD."""
        step = charge_step(self.currency)
        return Money((self.amount + step // 2) // step * step - self.amount, self.currency)

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
