"""Which of the discounts that exclude each other count: those that are best for the shopper together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orders.pricing.discounts.domain.discount import Level
from orders.pricing.discounts.domain.taking import Candidate, Taken, take
from orders.pricing.domain.basket import BasketLine, ShippingCharge


def best(
    candidates: Sequence[Candidate], lines: Sequence[BasketLine], currency: str, shipping: ShippingCharge | None
) -> tuple[Taken, ...]:
    """What is taken off by the discounts that may stand beside each other and together take most.

    Of sets that take as much: the one of fewer discounts, then of fewer codes, then that of the discounts made first.
    It does not depend on the order of the candidates. What takes nothing is left out, but free shipping while it is not
    known what shipping costs.
    """
    sets = [
        tuple(
            taken
            for taken in take(members, lines, currency, shipping.amount if shipping else 0)
            if taken.amount or (shipping is None and taken.discount.level is Level.SHIPPING)
        )
        for members in _sets(_without_twins(candidates))
    ]
    return min(sets, key=_key)


def _key(taken: Sequence[Taken]) -> tuple[int, bool, int, int, list[bytes]]:
    # Free shipping that takes nothing yet will, once it is known what shipping costs.
    nothing_to_come = all(each.amount for each in taken)
    by_code = sum(not each.discount.automatic for each in taken)
    ids = sorted(each.discount.id.bytes for each in taken)
    return -sum(each.amount for each in taken), nothing_to_come, len(taken), by_code, ids


def _without_twins(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Of those that make shipping free under the same rules one is enough: automatic ones first, by age."""
    kept: dict[object, Candidate] = {}
    for each in sorted(candidates, key=lambda one: (not one.discount.automatic, one.discount.id.bytes)):
        free = each.discount.level is Level.SHIPPING
        kept.setdefault(each.discount.combines_with if free else each.discount.id, each)
    return list(kept.values())


def _sets(candidates: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    """Each set of discounts that may all stand beside each other and to which no other could be added.

    By Bron and Kerbosch, with a pivot. What does not go with its own level is chosen once a level, so there are few.
    """
    goes_with: dict[int, set[int]] = {
        place: {other for other, two in enumerate(candidates) if other != place and one.discount.combines(two.discount)}
        for place, one in enumerate(candidates)
    }

    def grow(chosen: list[int], possible: set[int], seen: set[int]) -> Iterator[list[int]]:
        if not possible and not seen:
            yield chosen
            return
        pivot = max(sorted(possible | seen), key=lambda place: len(goes_with[place] & possible))
        for place in sorted(possible - goes_with[pivot]):
            yield from grow([*chosen, place], possible & goes_with[place], seen & goes_with[place])
            possible = possible - {place}
            seen = seen | {place}

    for places in grow([], set(range(len(candidates))), set()):
        yield [candidates[place] for place in places]
