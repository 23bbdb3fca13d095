"""The tax on shipping: as the goods that are shipped, or by a rule of its own."""

from __future__ import annotations

from collections.abc import Sequence

from orders.pricing.domain.priced import TaxShare
from orders.pricing.domain.rounding import half_up, spread, tax_in, tax_on
from orders.pricing.domain.taxes import Due, TaxPlace, highest

Goods = tuple[Due, int]
"""What is owed on a line that is shipped, and its value after discounts."""


def shares_of(amount: int, place: TaxPlace, goods: Sequence[Goods], *, included: bool) -> tuple[TaxShare, ...]:
    """The parts of shipping by rate, the highest first. `goods`: at least one."""
    return tuple(_share(part, due, included=included) for due, part in _parts(amount, place, goods))


def _parts(amount: int, place: TaxPlace, goods: Sequence[Goods]) -> list[tuple[Due, int]]:
    rule = place.shipping
    if rule.how == "untaxed":
        return [(Due(0, "", "untaxed"), amount)]
    if rule.how == "own":
        return [(place.due(rule.tax_class), amount)]
    if rule.how == "highest" or not any(value for _, value in goods):
        return [(highest([due for due, _ in goods]), amount)]
    values: dict[Due, int] = {}
    for due, value in goods:
        values[due] = values.get(due, 0) + value
    dues = sorted(values, key=lambda due: (-due.rate, -due.relief, due.title, due.treatment))
    return list(zip(dues, spread(amount, [values[due] for due in dues]), strict=True))


def _share(amount: int, due: Due, *, included: bool) -> TaxShare:
    if not included:
        return TaxShare(due.rate, due.title, due.treatment, amount, tax_on(amount, due.rate))
    tax = tax_in(amount, due.rate)
    return TaxShare(due.rate, due.title, due.treatment, amount - tax - tax_in(amount, due.relief), tax)


def mean_rate(shares: Sequence[TaxShare]) -> int:
    """The one rate, or the mean of several by what they are on, in millionths."""
    whole = sum(share.net for share in shares)
    if not whole:
        return max((share.rate for share in shares), default=0)
    return half_up(sum(share.net * share.rate for share in shares), whole)
