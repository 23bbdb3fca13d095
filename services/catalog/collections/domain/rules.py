"""The rule of a collection: what its products must be."""

from __future__ import annotations

from typing import Literal

import msgspec

About = Literal["tag", "vendor", "type", "title", "price", "stock"]
Relation = Literal["is", "is_not", "contains", "begins_with", "at_least", "at_most"]
Match = Literal["all", "any"]
MOST_CONDITIONS = 20
IN_STOCK, OUT_OF_STOCK = "in_stock", "out_of_stock"
_EQUAL: tuple[Relation, ...] = ("is", "is_not")
RELATIONS: dict[About, tuple[Relation, ...]] = {
    "tag": _EQUAL,
    "vendor": _EQUAL,
    "type": _EQUAL,
    "title": ("contains", "begins_with"),
    "price": ("at_least", "at_most"),
    "stock": ("is",),
}


class Condition(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that a product must be. Of a price `amount` and `currency` count, of all else `value`."""

    about: About
    relation: Relation
    value: str = ""
    amount: int = 0
    currency: str = ""


class Rule(msgspec.Struct, frozen=True):
    """Conditions of which all, or any, must hold."""

    match: Match
    conditions: tuple[Condition, ...]


def fault(about: About, relation: Relation, value: str | None, *, priced: bool) -> str | None:
    """What is wrong with a condition, for who wrote it; None where nothing is."""
    if relation not in RELATIONS[about]:
        return f"relation: of `{about}` it is one of {', '.join(RELATIONS[about])}"
    if about == "price":
        return None if priced and value is None else "price: a condition on `price` has `price`, and no `value`"
    if value is None or priced:
        return f"value: a condition on `{about}` has `value`, and no `price`"
    if about == "stock" and value not in {IN_STOCK, OUT_OF_STOCK}:
        return f"value: of `stock` it is {IN_STOCK} or {OUT_OF_STOCK}"
    return None
