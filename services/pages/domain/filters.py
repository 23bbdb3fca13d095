"""What a list of products is narrowed by, as it stands in an address. Prices are typed by people: 25 or 25.50."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from urllib.parse import parse_qsl, urlencode

import msgspec

from chassis.problems import FieldError, Invalid
from chassis.values import exponent

PER_PAGE = 24
SORTS = ("newest", "title", "price", "-price")
_LONGEST = {"search": 200, "type": 255, "vendor": 255, "tag": 255, "cursor": 1_000}
_PRICE = re.compile(r"\d{1,10}([.,]\d{1,3})?")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_YES = frozenset(["1", "true", "on", "yes"])


class Filters(msgspec.Struct, frozen=True):
    """Empty: not narrowed by it."""

    search: str = ""
    type: str = ""
    vendor: str = ""
    tag: str = ""
    min_price: str = ""
    max_price: str = ""
    in_stock: str = ""
    sort: str = ""
    cursor: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out or in another order; not: whether it is a later part of the list."""
        return any(getattr(self, name) for name in self.__struct_fields__ if name != "cursor")

    @property
    def more(self) -> bool:
        """Whether it is narrowed by what the page shows behind a further step: vendor, tag or price."""
        return bool(self.vendor or self.tag or self.min_price or self.max_price)


NAMES = Filters.__struct_fields__


def read(query: str) -> Filters:
    """The filters in a query. Other parameters are no fault: links of others add their own.

    Raises:
        Invalid: one of ours is none that a list could have.
    """
    given: dict[str, str] = {}
    for name, value in _pairs(query):
        if name in NAMES and value.strip():
            given.setdefault(name, value.strip())
    faults = [FieldError(f"query.{name}", fault) for name, value in given.items() if (fault := _fault(name, value))]
    if faults:
        raise Invalid("See `errors` for each parameter of the query.", errors=faults)
    if "in_stock" in given:
        given["in_stock"] = "1" if given["in_stock"].lower() in _YES else ""
    if given.get("sort") == "newest":
        del given["sort"]
    return Filters(**given)


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, errors="replace", max_num_fields=200)
    except ValueError:
        raise Invalid("The query has too many parameters.") from None


def _fault(name: str, value: str) -> str:
    if len(value) > _LONGEST.get(name, 40):
        return "It is too long"
    if _CONTROL.search(value):
        return "It has characters that nobody can type"
    if name.endswith("_price") and not _PRICE.fullmatch(value):
        return "It must be a price such as 25 or 25.50"
    if name == "sort" and value not in SORTS:
        return f"It must be one of {', '.join(SORTS)}"
    return ""


def asked(filters: Filters, currency: str) -> dict[str, str]:
    """The filters as the catalog takes them."""
    found = {name: getattr(filters, name) for name in NAMES if getattr(filters, name)}
    for name, way in (("min_price", ROUND_CEILING), ("max_price", ROUND_FLOOR)):
        if name in found:
            amount = Decimal(found[name].replace(",", ".")).scaleb(exponent(currency))
            found[name] = str(int(amount.to_integral_value(way)))
    if filters.in_stock:
        found["in_stock"] = "true"
    return found


def query(filters: Filters, **changes: str) -> str:
    """The query of an address with these filters, after some changes; without a cursor unless one is given."""
    wanted = {name: getattr(filters, name) for name in NAMES} | {"cursor": ""} | changes
    text = urlencode({name: value for name, value in wanted.items() if value})
    return f"?{text}" if text else ""
