"""Products as they are to be, as they stand, and what makes the one out of the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

_SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class MediaDraft:
    """An image by its address, or by the digest and type of its content in the media folder."""

    source_url: str | None = None
    digest: str | None = None
    content_type: str | None = None
    alt: str = ""

    @property
    def key(self) -> str:
        """What makes it the same image at the next import."""
        return self.source_url or self.digest or ""


@dataclass(frozen=True)
class VariantDraft:
    """A variant to be. Amounts in minor units. `quantity` None: not counted. `image` is the key of a MediaDraft.

    `row` is where it was read, for the report.
    """

    sku: str
    option_values: tuple[str, ...]
    price: int
    compare_at: int | None = None
    weight_grams: int | None = None
    barcode: str | None = None
    requires_shipping: bool = True
    taxable: bool = True
    tracked: bool = True
    backorder: bool = False
    quantity: int | None = None
    image: str | None = None
    row: int = 1


@dataclass(frozen=True)
class ProductDraft:
    """A product to be. `whole`: all its variants were readable, so that one it lacks has left it."""

    slug: str
    title: str
    description_html: str
    vendor: str
    product_type: str
    tags: tuple[str, ...]
    options: tuple[str, ...]
    status: str
    media: tuple[MediaDraft, ...]
    variants: tuple[VariantDraft, ...]
    whole: bool = True

    @property
    def fields(self) -> tuple[object, ...]:
        """What the product's own row says, in the order of ProductState.fields."""
        lists = (list(self.tags), list(self.options))
        return (self.title, self.description_html, self.vendor, self.product_type, *lists, self.status)


@dataclass(frozen=True)
class MediaState:
    """An image as it stands."""

    id: UUID
    key: str
    position: int
    alt: str


@dataclass(frozen=True)
class VariantState:
    """A variant as it stands; price and compare_at in the currency of the import, None where it has none."""

    id: UUID
    sku: str
    option_values: tuple[str, ...]
    position: int
    weight_grams: int | None
    barcode: str | None
    requires_shipping: bool
    taxable: bool
    media_id: UUID | None
    active: bool
    price: int | None
    compare_at: int | None


@dataclass(frozen=True)
class ProductState:
    """A product as it stands, with all variants it ever had."""

    id: UUID
    slug: str
    fields: tuple[object, ...]
    media: tuple[MediaState, ...] = ()
    variants: tuple[VariantState, ...] = ()


@dataclass
class Match:
    """Which of the variants to be are there already, which are new, and which are gone."""

    kept: list[tuple[VariantDraft, VariantState]] = field(default_factory=list)
    new: list[VariantDraft] = field(default_factory=list)
    gone: list[VariantState] = field(default_factory=list)


def match(drafts: Sequence[VariantDraft], present: Sequence[VariantState]) -> Match:
    """A variant is the same by its SKU; else by its option values (its SKU was changed)."""
    found = Match()
    by_sku = {state.sku: state for state in present}
    pairs = {draft.sku: by_sku.pop(draft.sku) for draft in drafts if draft.sku in by_sku}
    by_options = {state.option_values: state for state in by_sku.values() if state.active}
    for draft in drafts:
        state = pairs.get(draft.sku) or by_options.pop(draft.option_values, None)
        if state is None:
            found.new.append(draft)
        else:
            found.kept.append((draft, state))
    matched = {state.id for _, state in found.kept}
    found.gone = [state for state in present if state.active and state.id not in matched]
    return found


def variant_title(option_values: Sequence[str]) -> str:
    """What tells a variant from its siblings, for people: "30 x 40 cm / Oak"; empty for a product without a choice."""
    return " / ".join(option_values)


def is_slug(text: str) -> bool:
    """Whether a product can have this slug."""
    return len(text) <= 200 and _SLUG.fullmatch(text) is not None
