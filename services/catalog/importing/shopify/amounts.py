"""Prices, weights and quantities as shops and spreadsheets write them. A price is never guessed."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal

from catalog.importing.shopify.export import MAX_GRAMS, MAX_MINOR, MAX_QUANTITY
from catalog.importing.shopify.text import words
from chassis.values import exponent

# The currencies of a sign; other signs are ignored.
_DOLLARS = words("USD CAD AUD NZD SGD HKD TWD MXN CLP COP ARS BRL BBD BSD BZD FJD JMD NAD TTD XCD")
_SIGNS = {
    "$": _DOLLARS,
    "\u20ac": frozenset({"EUR"}),
    "\u00a3": words("GBP EGP FKP GIP SHP LBP"),
    "\u00a5": frozenset({"JPY", "CNY"}),
    "\u20b9": frozenset({"INR"}),
    "\u20a9": frozenset({"KRW"}),
}
_SPACES = "\\s\u00a0\u202f"
_AMOUNT = re.compile(
    rf"(?P<before>[^0-9.,()+-]*)(?P<sign>[-+(]?)(?P<between>[^0-9.,()+-]*)"
    rf"(?P<number>[0-9.,][0-9.,'\u2019{_SPACES}]*)(?P<end>-?\)?)(?P<after>[^0-9.,()+-]*)"
)
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")
_THOUSANDS = re.compile(r"[0-9]{3}(?![0-9])")
_GRAMS = {"g": Decimal(1), "kg": Decimal(1000), "oz": Decimal("28.349523125"), "lb": Decimal("453.59237")}


class BadAmount(ValueError):
    """A cell that is no amount. code: stable slug. str(): what is wrong, as the end of a sentence about the cell."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


def parse_price(raw: str, currency: str, *, decimal_comma: bool) -> tuple[int, str | None]:
    """The price in minor units, and a note on what was changed (or None).

    decimal_comma: the file comes from a spreadsheet that may write decimals with a comma (it separates cells by
    semicolons), so that three digits behind a lone point or comma are ambiguous. Raises BadAmount.
    """
    found = _AMOUNT.fullmatch(raw) if len(raw) <= 60 else None
    if found is None:
        raise BadAmount("bad_price", "is not a price")
    _check_unit(found["before"] + found["between"] + found["after"], currency)
    if found["sign"] in {"-", "("} or found["end"]:
        raise BadAmount("negative_price", "is below zero")
    places = exponent(currency)
    number = re.sub(rf"['\u2019{_SPACES}]", "", found["number"])
    text, note = _plain(number, places, decimal_comma=decimal_comma)
    amount = Decimal(text).scaleb(places)
    if amount > MAX_MINOR:
        raise BadAmount("price_too_high", "is higher than the highest price of this shop")
    minor = amount.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    if minor != amount:
        note = f"was rounded to {minor.scaleb(-places)} {currency}"
    return int(minor), note


def with_point(raw: str, decimal: str | None) -> str:
    """The cell with a point as its decimal sign and nothing between thousands, where the merchant says which sign the
    file has; as it is where not. Raises BadAmount.
    """
    if decimal is None:
        return raw
    grouping = "," if decimal == "." else "."
    for place, sign in enumerate(raw):
        if sign == grouping and not _THOUSANDS.match(raw, place + 1):
            raise BadAmount("bad_price", f"is not written with \u201c{decimal}\u201d as its decimal sign")
    if raw.count(decimal) > 1:
        raise BadAmount("bad_price", "is not a price")
    return raw.replace(grouping, "").replace(decimal, ".")


def parse_quantity(raw: str) -> int:
    """Whole units; negative if the shop has oversold. Raises BadAmount."""
    number = _decimal(raw)
    if number is None or number != number.to_integral_value():
        raise BadAmount("bad_quantity", "is not a whole number")
    if abs(number) > MAX_QUANTITY:
        raise BadAmount("bad_quantity", "is higher than the highest stock of this shop")
    return int(number)


def parse_grams(raw: str, unit: str = "g") -> int:
    """Whole grams of a weight in g, kg, oz or lb, rounded half-even. Raises BadAmount."""
    number, factor = _decimal(raw), _GRAMS.get(unit.casefold())
    if number is None or factor is None or number < 0 or number * factor > MAX_GRAMS:
        raise BadAmount("bad_weight", "is not a weight")
    return int((number * factor).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def _decimal(raw: str) -> Decimal | None:
    if not re.fullmatch(r"[+-]?[0-9]{1,15}([.,][0-9]{0,15})?", raw):
        return None
    return Decimal(raw.replace(",", "."))


def _check_unit(around: str, currency: str) -> None:
    """Raise BadAmount if the price has another currency."""
    names = re.findall(r"[^\W\d_]+", around)
    signs = [c for c in around if unicodedata.category(c) == "Sc"]
    known = {word.upper() for word in names if len(word) == 3}
    if any(currency not in _SIGNS.get(sign, {currency}) for sign in signs) or (known and currency not in known):
        raise BadAmount("wrong_currency", f"is not in {currency}, the currency of this import")
    letters = sum(map(len, names))
    rest = [c for c in around if not c.isspace() and not c.isalpha() and c not in signs]
    if letters > 4 or rest:
        raise BadAmount("bad_price", "is not a price")


def _plain(number: str, places: int, *, decimal_comma: bool) -> tuple[str, str | None]:
    """The number in the syntax of Decimal: decides whether point or comma is the decimal sign."""
    point, comma = number.count("."), number.count(",")
    if point and comma:
        decimal = max(".,", key=number.rindex)
        whole, _, fraction = number.rpartition(decimal)
        if decimal in whole or not _GROUPED.fullmatch(whole):
            raise BadAmount("bad_price", "is not a price")
        return f"{re.sub('[.,]', '', whole)}.{fraction}", None
    if point + comma > 1:
        if not _GROUPED.fullmatch(number):
            raise BadAmount("bad_price", "is not a price")
        return re.sub("[.,]", "", number), None
    return _single(number, places, decimal_comma=decimal_comma)


def _single(number: str, places: int, *, decimal_comma: bool) -> tuple[str, str | None]:
    whole, _, fraction = number.replace(",", ".").partition(".")
    if not whole and not fraction:
        raise BadAmount("bad_price", "is not a price")
    if _GROUPED.fullmatch(number) and not whole.startswith("0"):
        if decimal_comma or ("," in number and places == 3):
            raise BadAmount("ambiguous_price", f"could be {whole}.{fraction} or {whole}{fraction}")
        if "," in number:
            return whole + fraction, f"was read as {whole}{fraction}, the comma as a thousands separator"
    return f"{whole or '0'}.{fraction or '0'}", None
