"""The data types of the demo shop."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #rrggbb. `paper` is the background, `ink` is legible on it, `colours` go from strong to pale."""

    paper: str
    ink: str
    colours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """One print.

    code: capitals, unique; the SKUs begin with it. family: the collection, which says how it is drawn.
    style: one of the family's styles. seed: the same seed always draws the same lines.
    """

    code: str
    title: str
    family: str
    artist: str
    description: str
    tags: tuple[str, ...]
    palette: Palette
    style: str
    seed: int

    @classmethod
    def entry(
        cls, family: str, artist: str, code: str, title: str, style: str, seed: int, palette: Palette,
        description: str, *tags: str,
    ) -> Work:  # fmt: skip
        """A work, with the arguments in the order of the collections' lists."""
        return cls(code, title, family, artist, description, tags, palette, style, seed)

    @property
    def handle(self) -> str:
        """The title in lower case, its words joined by hyphens."""
        return "-".join(re.findall("[a-z0-9]+", self.title.lower().replace("'", "")))


@dataclass(frozen=True, slots=True)
class Variant:
    """One size and frame of a product. Prices are in minor units; compare_at_price is above price, or None."""

    sku: str
    option_values: tuple[str, ...]
    price: int
    compare_at_price: int | None
    weight_grams: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Product:
    """One work as the shop sells it. `image` is the name of the file that its drawing is written to."""

    handle: str
    title: str
    description_html: str
    vendor: str
    product_type: str
    tags: tuple[str, ...]
    options: tuple[str, ...]
    currency: str
    image: str
    variants: tuple[Variant, ...]
