"""What discounts that all count take off, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orders.pricing.discounts.domain.buy_get import pieces_got
from orders.pricing.discounts.domain.discount import Discount, Kind, Level, Target
from orders.pricing.discounts.domain.spread import part, spread
from orders.pricing.domain.basket import BasketLine

# First what goes by line, then what is off the order, which is off what is left. Amounts come after percents.
_ORDER = {
    (Kind.BUY_GET, Target.LINES): 0,
    (Kind.PERCENT, Target.LINES): 1,
    (Kind.AMOUNT, Target.PIECES): 2,
    (Kind.AMOUNT, Target.LINES): 3,
    (Kind.PERCENT, Target.ORDER): 4,
    (Kind.AMOUNT, Target.ORDER): 5,
    (Kind.FREE_SHIPPING, Target.SHIPPING): 6,
}
FORMS = frozenset(_ORDER)
"""What a discount may do, and what it may be taken off."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A discount that may count. `places`: the lines that it is for; `got`: of buy X get Y, the pieces of each line."""

    discount: Discount
    places: tuple[int, ...]
    got: tuple[int, ...]

    @property
    def rank(self) -> tuple[int, bytes]:
        """Which comes first."""
        return _ORDER[self.discount.kind, self.discount.target], self.discount.id.bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """What a discount takes off: each line, and shipping."""

    discount: Discount
    lines: tuple[int, ...]
    shipping: int

    @property
    def amount(self) -> int:
        """In all."""
        return sum(self.lines) + self.shipping


def candidate(discount: Discount, lines: Sequence[BasketLine]) -> Candidate:
    """A discount beside these lines."""
    places = tuple(place for place, line in enumerate(lines) if discount.articles.has(line))
    got = pieces_got(lines, discount.articles, discount.buy_get) if discount.buy_get else ()
    return Candidate(discount, places, tuple(got))


def take(chosen: Sequence[Candidate], lines: Sequence[BasketLine], currency: str, shipping: int) -> list[Taken]:
    """What each takes off, whatever the order in which they come. No line and no shipping ends below zero."""
    left = [line.listed for line in lines]
    taken = []
    for each in sorted(chosen, key=lambda one: one.rank):
        if each.discount.level is Level.SHIPPING:
            taken.append(Taken(each.discount, (0,) * len(lines), shipping))
            shipping = 0
            continue
        off = _off(each, lines, left, currency)
        left = [have - less for have, less in zip(left, off, strict=True)]
        taken.append(Taken(each.discount, tuple(off), 0))
    return taken


def _off(each: Candidate, lines: Sequence[BasketLine], left: Sequence[int], currency: str) -> list[int]:
    discount = each.discount
    places = range(len(lines)) if discount.target is Target.ORDER else each.places
    # What is left of the lines that it is for.
    base = [0] * len(lines)
    for place in places:
        base[place] = left[place]
    if discount.buy_get is not None:
        got = (line.unit_price * pieces for line, pieces in zip(lines, each.got, strict=True))
        return [min(have, part(value, discount.rate)) for have, value in zip(left, got, strict=True)]
    if discount.kind is Kind.PERCENT:
        by_line = [part(have, discount.rate) for have in base]
        # Off the order it is one amount, so that 10 % of it are 10 % of its sum.
        return by_line if discount.target is Target.LINES else spread(part(sum(base), discount.rate), base)
    amount = discount.amounts[currency]
    if discount.target is Target.PIECES:
        return [min(have, amount * line.quantity) for have, line in zip(base, lines, strict=True)]
    return spread(amount, base)
