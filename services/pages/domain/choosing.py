"""How the options of a product are shown, as web/storefront/js/variants.js chooses among them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pages.domain.answers import Product, Variant

MOST_CHIPS = 12


class Value(msgspec.Struct, frozen=True):
    """A value of an option. `gone`: with the other values as they are it leads to nothing that can be had."""

    words: str
    chosen: bool
    gone: bool


class Option(msgspec.Struct, frozen=True):
    """An option that leaves a choice; `number` is its place among all of the product."""

    number: int
    name: str
    values: list[Value]

    @property
    def long(self) -> bool:
        """Whether it has so many values that they stand in a list."""
        return len(self.values) > MOST_CHIPS


def first(variants: Sequence[Variant], sku: str) -> Variant | None:
    """The variant to begin with: the one asked for, else the first that can be had, else the first."""
    asked = next((each for each in variants if each.sku == sku), None)
    return asked or next((each for each in variants if each.buyable), next(iter(variants), None))


def options(product: Product, shown: Variant) -> list[Option]:
    """The options to choose from, with one variant shown."""
    if len(product.variants) < 2:
        return []
    buyable = {tuple(each.option_values) for each in product.variants if each.buyable}
    found = []
    for number, name in enumerate(product.options):
        words = dict.fromkeys(_at(each, number) for each in product.variants)
        values = [_value(shown, number, word, buyable) for word in words if word is not None]
        if values:
            found.append(Option(number, name, values))
    return found


def _value(shown: Variant, number: int, word: str, buyable: set[tuple[str, ...]]) -> Value:
    wanted = tuple(word if place == number else value for place, value in enumerate(shown.option_values))
    return Value(word, _at(shown, number) == word, wanted not in buyable)


def _at(variant: Variant, number: int) -> str | None:
    return variant.option_values[number] if number < len(variant.option_values) else None
