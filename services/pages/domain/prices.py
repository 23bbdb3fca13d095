"""Prices and dates as a language writes them. How many decimals a currency has the store says, not the library."""

from __future__ import annotations

import copy
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import NumberPattern, get_currency_symbol

from chassis.values import Money, exponent


@lru_cache(maxsize=4_096)
def written(money: Money, locale: Locale) -> str:
    """As "€25.00" in English, and as "25,00 €" in German."""
    places = exponent(money.currency)
    amount = Decimal(money.amount).scaleb(-places)
    pattern = _pattern(locale, money.currency, places)
    return str(pattern.apply(amount, locale, currency=money.currency, currency_digits=False))


@lru_cache(maxsize=256)
def _pattern(locale: Locale, currency: str, places: int) -> NumberPattern:
    pattern: NumberPattern = copy.copy(locale.currency_formats["standard"])
    pattern.frac_prec = (places, places)
    if get_currency_symbol(currency, locale)[-1:].isalpha():
        # Letters stand apart from a number, as CLDR's rules of spacing and browsers have it; the library does not.
        plus, minus = (part + "\xa0" if part.endswith("¤") else part for part in pattern.prefix)
        pattern.prefix = (plus, minus)
    return pattern


def decimal(money: Money) -> str:
    """As "25.00", for programs."""
    places = exponent(money.currency)
    return f"{Decimal(money.amount).scaleb(-places):.{places}f}"


def day(moment: datetime, locale: Locale) -> str:
    """A date in words."""
    return format_date(moment, "long", locale)
