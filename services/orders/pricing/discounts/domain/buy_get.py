"""Buy X get Y: which pieces of which lines cost less."""

from __future__ import annotations

from collections.abc import Sequence

from orders.pricing.discounts.domain.discount import Articles, BuyGet
from orders.pricing.domain.basket import BasketLine


def pieces_got(lines: Sequence[BasketLine], bought: Articles, rule: BuyGet) -> list[int]:
    """For each line, how many of its pieces are got: the cheapest, of equal prices those of the first line.

    A piece is either bought or got. As often as there are pieces enough for both, `max_repeats` times at most.
    """
    to_buy = [bought.has(line) for line in lines]
    to_get = [rule.articles.has(line) for line in lines]
    buyable = sum(line.quantity for line, yes in zip(lines, to_buy, strict=True) if yes)
    gettable = sum(line.quantity for line, yes in zip(lines, to_get, strict=True) if yes)
    either = sum(line.quantity for line, *which in zip(lines, to_buy, to_get, strict=True) if any(which))
    repeats = min(buyable // rule.buy, gettable // rule.get, either // (rule.buy + rule.get), rule.max_repeats)
    wanted = repeats * rule.get
    # So many of those that could be bought as well may be got: the others are needed to be bought.
    to_spare = buyable - repeats * rule.buy
    got = [0] * len(lines)
    for place in sorted(range(len(lines)), key=lambda place: lines[place].unit_price):
        if to_get[place]:
            most = min(wanted, lines[place].quantity)
            if to_buy[place]:
                most = min(most, to_spare)
                to_spare -= most
            got[place] = most
            wanted -= most
    return got
