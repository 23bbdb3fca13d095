"""What discounts take off an order, and which codes do not count and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orders.pricing.discounts.domain.codes import normalised
from orders.pricing.discounts.domain.combining import best
from orders.pricing.discounts.domain.discount import MAX_CODES, Discount
from orders.pricing.discounts.domain.reasons import Reason, of_code, of_discount, rejected
from orders.pricing.discounts.domain.taking import Taken, candidate
from orders.pricing.domain.basket import (
    Allocation,
    AppliedDiscount,
    BasketLine,
    Discounted,
    DiscountUse,
    ShippingCharge,
    Used,
)


@dataclass(frozen=True, slots=True)
class _Given:
    """The shopper's codes in their stored form: what each discount is opened by, and why the others do not count."""

    codes: tuple[str, ...]
    opened: dict[UUID, str]
    refused: dict[str, Reason]


def discounted(
    lines: Sequence[BasketLine],
    discounts: Sequence[Discount],
    codes: Sequence[str],
    shipping: ShippingCharge | None,
    now: datetime,
    used: Mapping[UUID, Used],
    *,
    currency: str,
    customer: bytes | None,
) -> Discounted:
    """What discounts take off. `discounts`: the automatic ones, and those that the codes stand for.

    `shipping`: None where nothing is shipped, or not known yet how. A discount that takes nothing off does not count.
    """
    given = _given(codes, discounts)
    possible = []
    for discount in discounts:
        code = given.opened.get(discount.id)
        if code is None and not discount.automatic:
            continue
        reason = of_discount(discount, lines, currency, shipping, now, used.get(discount.id, Used()))
        if reason is None:
            possible.append(candidate(discount, lines))
        elif code is not None:
            given.refused[code] = reason
    counting = best(possible, lines, currency, shipping)
    for each in possible:
        code = given.opened.get(each.discount.id)
        if code is not None and all(taken.discount.id != each.discount.id for taken in counting):
            given.refused[code] = Reason.NOT_COMBINABLE if counting else Reason.NO_EFFECT
    return _told(given, counting, len(lines), customer)


def _told(given: _Given, counting: Sequence[Taken], lines: int, customer: bytes | None) -> Discounted:
    def share(taken: Taken, amount: int) -> Allocation:
        return Allocation(taken.discount.id, taken.discount.title, given.opened.get(taken.discount.id), amount)

    whole = [share(taken, taken.amount) for taken in counting]
    return Discounted(
        lines=tuple(
            tuple(share(taken, taken.lines[place]) for taken in counting if taken.lines[place])
            for place in range(lines)
        ),
        shipping=tuple(share(taken, taken.shipping) for taken in counting if taken.shipping),
        applied=tuple(AppliedDiscount(each.discount_id, each.title, each.code, each.amount) for each in whole),
        rejected=tuple(rejected(code, given.refused[code]) for code in given.codes if code in given.refused),
        uses=tuple(DiscountUse(each.discount_id, each.code, customer) for each in whole if each.amount),
    )


def _given(codes: Sequence[str], discounts: Sequence[Discount]) -> _Given:
    known = {code.code: (discount, code) for discount in discounts for code in discount.codes}
    given = _Given(tuple(dict.fromkeys(normalised(typed) or typed for typed in codes)), {}, {})
    for number, typed in enumerate(given.codes):
        if number >= MAX_CODES:
            given.refused[typed] = Reason.TOO_MANY
        elif typed not in known:
            given.refused[typed] = Reason.UNKNOWN
        else:
            discount, code = known[typed]
            # A discount counts once, whatever number of its codes is given.
            reason = of_code(code) or (Reason.NOT_COMBINABLE if discount.id in given.opened else None)
            if reason is None:
                given.opened[discount.id] = typed
            else:
                given.refused[typed] = reason
    return given
