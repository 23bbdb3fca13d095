"""What a new product or variant is to be, and what is wrong with it before the database is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from chassis.problems import FieldError

# Variants of one product that are sold; an import may bring 2,048, as Shopify does.
MAX_VARIANTS = 2_000
# Variants in one request.
MAX_AT_ONCE = 250
MAX_OPTIONS = 3


class Price(msgspec.Struct, frozen=True):
    """What a variant costs in one currency, in minor units."""

    currency: str
    amount: int
    compare_at: int | None


class NewVariant(msgspec.Struct, frozen=True):
    """A variant that is to be; `place` is its position behind those that the product has."""

    id: UUID
    place: int
    sku: str
    option_values: list[str]
    weight_grams: int | None
    barcode: str | None
    requires_shipping: bool
    taxable: bool
    on_hand: int
    tracked: bool
    backorder: bool
    prices: list[Price]


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product that is to be. `slug` None: one is made of the title."""

    slug: str | None
    title: str
    description_html: str
    vendor: str
    product_type: str
    tags: list[str]
    tax_class: str
    status: str
    options: list[str]
    variants: list[NewVariant]


@dataclass(frozen=True, slots=True)
class OptionChange:
    """An option that a product is to have. `was`: the name of the present one whose values it takes; None: it is new,
    and every variant gets `value`.
    """

    name: str
    was: str | None
    value: str | None


def variant_faults(options: int, variants: Sequence[NewVariant]) -> Iterator[FieldError]:
    """Option values that do not fit the product's options, and SKUs and values that stand twice."""
    skus, choices = set[str](), set[tuple[str, ...]]()
    for place, variant in enumerate(variants):
        choice = tuple(variant.option_values)
        if len(choice) != options:
            message = f"The product has {options} options, so each variant needs {options} values"
            yield FieldError(f"variants.{place}.option_values", message, "option_values")
        elif choice in choices:
            yield FieldError(f"variants.{place}.option_values", "Another variant has the same values", "duplicate")
        if variant.sku in skus:
            yield FieldError(f"variants.{place}.sku", "This SKU stands twice in the list", "duplicate_sku")
        choices.add(choice)
        skus.add(variant.sku)


def option_faults(present: Sequence[str], wanted: Sequence[OptionChange]) -> Iterator[FieldError]:
    """Names of options that the product does not have, and values that are missing or lead nowhere."""
    for place, change in enumerate(wanted):
        if change.was is not None and change.was not in present:
            yield FieldError(f"options.{place}.was", "The product has no option of this name", "unknown_option")
        if change.was is None and change.value is None:
            message = "A new option needs a value that the present variants get"
            yield FieldError(f"options.{place}.value", message, "missing")


def slug_candidates(base: str, own: UUID) -> list[str]:
    """The slugs to try for a product that named none: that of its title, then the same with letters of its id."""
    mark = own.hex[-12:]
    shortened = base[: 199 - len(mark)].strip("-")
    return [shortened, f"{shortened}-{mark}"] if shortened else [f"product-{mark}"]
