"""Why a code does not count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from orders.pricing.discounts.domain.buy_get import pieces_got
from orders.pricing.discounts.domain.discount import Code, Discount, Kind, Target
from orders.pricing.domain.basket import BasketLine, RejectedCode, ShippingCharge, Used


class Reason(StrEnum):
    """For programs."""

    UNKNOWN = "unknown"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    USED_UP = "used-up"
    USED_BY_YOU = "used-by-you"
    OTHER_CURRENCY = "other-currency"
    OTHER_ARTICLES = "not-for-these-articles"
    MINIMUM = "minimum-not-reached"
    NO_EFFECT = "no-effect"
    NOT_COMBINABLE = "not-combinable"
    TOO_MANY = "too-many-codes"


MESSAGES = {
    Reason.UNKNOWN: "There is no such code.",
    Reason.NOT_YET: "This code is not valid yet.",
    Reason.EXPIRED: "This code is no longer valid.",
    Reason.USED_UP: "This code has been used as often as it can be.",
    Reason.USED_BY_YOU: "You have used this code as often as you can.",
    Reason.OTHER_CURRENCY: "This code is not for orders in this currency.",
    Reason.OTHER_ARTICLES: "This code is for other articles.",
    Reason.MINIMUM: "There is not enough in the order for this code.",
    Reason.NO_EFFECT: "This code would take nothing off this order.",
    Reason.NOT_COMBINABLE: "This code does not go together with discounts that take off as much or more.",
    Reason.TOO_MANY: "An order takes no more codes.",
}


def rejected(code: str, reason: Reason) -> RejectedCode:
    """A code with its reason."""
    return RejectedCode(code, reason.value, MESSAGES[reason])


def of_code(code: Code) -> Reason | None:
    """What is wrong with the code itself."""
    if code.disabled:
        return Reason.EXPIRED
    return Reason.USED_UP if code.spent else None


def of_discount(
    discount: Discount,
    lines: Sequence[BasketLine],
    currency: str,
    shipping: ShippingCharge | None,
    now: datetime,
    used: Used,
) -> Reason | None:
    """Why a discount does not count for these lines, whatever other discounts there are; None: it does."""
    return _of_time(discount, now) or _of_uses(discount, used) or _of_lines(discount, lines, currency, shipping)


def _of_time(discount: Discount, now: datetime) -> Reason | None:
    if discount.disabled or (discount.ends_at is not None and now >= discount.ends_at):
        return Reason.EXPIRED
    return Reason.NOT_YET if discount.starts_at is not None and now < discount.starts_at else None


def _of_uses(discount: Discount, used: Used) -> Reason | None:
    if discount.max_uses is not None and used.total >= discount.max_uses:
        return Reason.USED_UP
    most = discount.max_uses_per_customer
    return Reason.USED_BY_YOU if most is not None and used.by_customer >= most else None


def _of_lines(
    discount: Discount, lines: Sequence[BasketLine], currency: str, shipping: ShippingCharge | None
) -> Reason | None:
    least = discount.minimum
    if (discount.kind is Kind.AMOUNT and currency not in discount.amounts) or (
        least.subtotals and currency not in least.subtotals
    ):
        return Reason.OTHER_CURRENCY
    about = [line for line in lines if discount.articles.has(line)]
    if not about or (discount.buy_get and not any(map(discount.buy_get.articles.has, lines))):
        return Reason.OTHER_ARTICLES
    if sum(line.listed for line in about) < least.subtotals.get(currency, 0):
        return Reason.MINIMUM
    if sum(line.quantity for line in about) < least.quantity:
        return Reason.MINIMUM
    if discount.buy_get and not any(pieces_got(lines, discount.articles, discount.buy_get)):
        return Reason.MINIMUM
    ships = shipping.amount > 0 if shipping else any(line.requires_shipping for line in lines)
    return None if ships or discount.target is not Target.SHIPPING else Reason.NO_EFFECT
