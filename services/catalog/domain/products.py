"""Slugs of products, titles of variants, and what staff may change of both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

ProductStatus = Literal["draft", "active", "archived"]
# A price in minor units.
MAX_AMOUNT = 999_999_999_999
# A class of goods that tax rates are for; "standard", unless staff say otherwise.
TAX_CLASS = "^[a-z][a-z0-9-]{0,39}$"
# Of variants that no tax is charged on: orders knows it too.
NOT_TAXED = "none"
_SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class ProductChanges:
    """New values of a product's own fields. None: the field stays as it is."""

    status: ProductStatus | None = None
    title: str | None = None
    description_html: str | None = None
    vendor: str | None = None
    product_type: str | None = None
    tags: list[str] | None = None
    tax_class: str | None = None


@dataclass(frozen=True, slots=True)
class SkuPrice:
    """The price of a variant in minor units. `amount` None: it is not sold in the currency."""

    sku: str
    amount: int | None
    compare_at: int | None = None


def variant_title(option_values: Sequence[str]) -> str:
    """The option values of a variant as one text: "30 x 40 cm / Oak"; empty for a product without options."""
    return " / ".join(option_values)


def is_slug(text: str) -> bool:
    """Whether a product can have this slug."""
    return len(text) <= 200 and _SLUG.fullmatch(text) is not None
