"""What a discount is. Amounts are minor units of a currency; rates are millionths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from orders.pricing.domain.basket import MILLION, BasketLine

MAX_CODES = 5
"""Codes of one order."""
MAX_AUTOMATIC = 20
"""Automatic discounts that are not archived: each of them is looked at for each basket."""
MAX_REPEATS = 1_000
"""How often buy X get Y counts in one order, where the discount does not say less."""


class Kind(StrEnum):
    """What a discount does."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_SHIPPING = "free_shipping"
    BUY_GET = "buy_get"


class Target(StrEnum):
    """What it is taken off.

    order: all lines together. lines: the lines that it is for. pieces: each piece of these lines. shipping: shipping.
    """

    ORDER = "order"
    LINES = "lines"
    PIECES = "pieces"
    SHIPPING = "shipping"


class Level(StrEnum):
    """What rules of combination speak of."""

    LINE = "line"
    ORDER = "order"
    SHIPPING = "shipping"


LEVEL_OF = {
    Target.ORDER: Level.ORDER,
    Target.LINES: Level.LINE,
    Target.PIECES: Level.LINE,
    Target.SHIPPING: Level.SHIPPING,
}


@dataclass(frozen=True, slots=True)
class Articles:
    """Lines of these products, types or collections. All three empty: of every line."""

    products: frozenset[UUID] = frozenset()
    types: frozenset[str] = frozenset()
    collections: frozenset[UUID] = frozenset()

    def has(self, line: BasketLine) -> bool:
        """Whether a line is among them."""
        if not (self.products or self.types or self.collections):
            return True
        return (
            line.product_id in self.products
            or line.product_type in self.types
            or not self.collections.isdisjoint(line.collections)
        )


EVERYTHING = Articles()


@dataclass(frozen=True, slots=True)
class Minimum:
    """What the lines that a discount is for must come to, by the list. `subtotals`: by currency; empty: none needed."""

    subtotals: Mapping[str, int] = field(default_factory=dict)
    quantity: int = 0


@dataclass(frozen=True, slots=True)
class BuyGet:
    """Of each `buy` pieces bought, `get` pieces of `articles` cost less: the cheapest, `max_repeats` times at most."""

    buy: int
    get: int
    articles: Articles = EVERYTHING
    max_repeats: int = MAX_REPEATS


@dataclass(frozen=True, slots=True)
class Code:
    """A code that a shopper gave, in its stored form. `spent`: it was good for one order, which has been placed."""

    code: str
    spent: bool = False
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount, with those of the shopper's codes that stand for it; without codes it is automatic.

    `rate`: of percent, and of the pieces that buy X get Y gives (1,000,000: they are free). `amounts`: of amount, by
    currency. `buy_get`: of buy X get Y, where `articles` are those to buy. `combines_with`: the levels of the discounts
    that it may stand beside; both must agree.
    """

    id: UUID
    title: str
    kind: Kind
    target: Target
    rate: int = MILLION
    amounts: Mapping[str, int] = field(default_factory=dict)
    articles: Articles = EVERYTHING
    minimum: Minimum = field(default_factory=Minimum)
    buy_get: BuyGet | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_uses: int | None = None
    max_uses_per_customer: int | None = None
    combines_with: frozenset[Level] = frozenset()
    disabled: bool = False
    automatic: bool = True
    codes: tuple[Code, ...] = ()

    @property
    def level(self) -> Level:
        """Its level in the rules of combination."""
        return LEVEL_OF[self.target]

    def combines(self, other: Discount) -> bool:
        """Whether both may count in one order."""
        return other.level in self.combines_with and self.level in other.combines_with
