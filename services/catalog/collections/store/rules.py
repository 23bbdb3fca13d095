"""A rule as an SQL condition on `products p`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalog.collections.domain.rules import IN_STOCK, Condition, Rule

Put = Callable[[Any], str]
_COLUMNS = {"vendor": "p.vendor", "type": "p.product_type"}
# Amounts are those of the cheapest and of the dearest variant: one that is cheap, or dear, enough is enough.
_PRICES = {"at_most": "pp.amount_from <= {}", "at_least": "pp.amount_to >= {}"}
_IN_STOCK = "exists (select from product_prices pp where pp.product_id = p.id and pp.in_stock)"


def condition(rule: Rule, put: Put) -> str:
    """`put` takes an argument and gives its place holder."""
    word = " and " if rule.match == "all" else " or "
    return word.join(f"({_one(each, put)})" for each in rule.conditions)


def _one(each: Condition, put: Put) -> str:
    if each.about == "price":
        amount = _PRICES[each.relation].format(f"{put(each.amount)}::bigint")
        return f"""exists (
            select from product_prices pp
            where pp.product_id = p.id and pp.currency = {put(each.currency)}::text and {amount}
        )"""
    if each.about == "stock":
        return _IN_STOCK if each.value == IN_STOCK else f"not {_IN_STOCK}"
    value = f"{put(each.value)}::text"
    if each.about == "title":
        place = f"strpos(search_fold(p.title), search_fold({value}))"
        return f"{place} = 1" if each.relation == "begins_with" else f"{place} > 0"
    same = f"p.tags @> array[{value}]" if each.about == "tag" else f"{_COLUMNS[each.about]} = {value}"
    return same if each.relation == "is" else f"not {same}"
