"""Languages of mails and documents, and how amounts, days and shares are written in them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from chassis.values import exponent

LANGUAGES = ("en", "de")
# What stands between thousands (a space that does not break a line), and before decimals.
_SIGNS = {"en": (",", "."), "de": (".", ",")}
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)


def language_of(locale: str | None, otherwise: str = "en") -> str:
    """The language that is spoken here of a locale such as "de-AT"; `otherwise` where there is none of it."""
    language = (locale or "").replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else otherwise


def number(amount: int, places: int, language: str) -> str:
    """An amount of the smallest units with so many decimals: 1,234.50 or 1.234,50."""
    thousands, point = _SIGNS[language]
    whole, rest = divmod(abs(amount), 10**places)
    text = f"{whole:,}".replace(",", thousands) + (f"{point}{rest:0{places}d}" if places else "")
    # A minus sign, not a hyphen: no line breaks after it.
    return f"\u2212{text}" if amount < 0 else text


def money(amount: int, currency: str, language: str) -> str:
    """Minor units with their currency: €1,234.50, 1.234,50 €, CHF 12.00, ¥1,200."""
    text, symbol = number(abs(amount), exponent(currency), language), _SYMBOLS.get(currency)
    minus = "\u2212" if amount < 0 else ""
    if language == "de":
        return f"{minus}{text}\u00a0{symbol or currency}"
    return f"{minus}{symbol}{text}" if symbol else f"{minus}{currency}\u00a0{text}"


def percent(rate: int, language: str) -> str:
    """A rate in millionths: 19%, 5.5%, 8,875 %."""
    digits = number(rate, 4, language)
    point = _SIGNS[language][1]
    whole, _, rest = digits.partition(point)
    shown = whole + (f"{point}{rest.rstrip('0')}" if rest.strip("0") else "")
    return f"{shown}\u00a0%" if language == "de" else f"{shown}%"


def day(of: date | datetime, language: str, time_zone: str = "UTC") -> str:
    """A day: 29 November 2026, 29.11.2026; of a moment the day that it is in the time zone."""
    local = of.astimezone(ZoneInfo(time_zone)) if isinstance(of, datetime) else of
    if language == "de":
        return f"{local.day:02d}.{local.month:02d}.{local.year}"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"
