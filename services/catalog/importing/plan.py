"""Plans the import of one product: matches its variants, computes the new value of each, and refuses rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from catalog.importing.batch import Batch
from catalog.importing.matching import Match, match
from catalog.importing.model import (
    PRODUCT_COLUMNS,
    MediaState,
    ProductDraft,
    ProductState,
    VariantDraft,
    VariantState,
)
from catalog.importing.shopify.codes import is_remnant
from chassis.values import uuid7

Placed = MediaState | VariantState
_VARIANT_COLUMNS = ("price", "compare_at", "weight_grams", "barcode", "requires_shipping", "taxable")


@dataclass
class VariantPlan:
    """A variant to be written, of the product `slug`. now None: it is new. wanted: its new value; the SKU is set
    last, since it depends on all others, and its image when the images are known. claimed: the SKU that the file gives.
    """

    slug: str
    draft: VariantDraft
    now: VariantState | None
    wanted: VariantState
    claimed: str


@dataclass
class ProductPlan:
    """A product to be written. columns: its own row, in the order of PRODUCT_COLUMNS. moved: variants that keep their
    values, in another order.
    """

    draft: ProductDraft
    state: ProductState | None
    columns: tuple[object, ...]
    variants: list[VariantPlan] = field(default_factory=list)
    retired: list[VariantState] = field(default_factory=list)
    moved: list[tuple[VariantState, tuple[str, ...]]] = field(default_factory=list)


def plan(draft: ProductDraft, state: ProductState | None, batch: Batch) -> ProductPlan | None:
    """The plan of a product; None if it is refused, with a finding."""
    made = _new(draft, batch) if state is None else _known(draft, state, batch)
    if made is None or (state is None and not made.variants):
        batch.refuse_rest(draft.slug, draft.rows)
        return None
    return made


def _new(draft: ProductDraft, batch: Batch) -> ProductPlan | None:
    lead = draft.rows[0]
    if not draft.title or "title" not in draft.given:
        message = f"The product {draft.slug} is new and needs a title. Fill it in and import again."
        batch.report("refused", draft.slug, lead, "no_title", message, column="Title")
        return None
    if not draft.variants:
        message = f"The product {draft.slug} is new and needs a price (0 if it is free). Fill it in and import again."
        batch.report("refused", draft.slug, lead, "no_price", message, column="Variant Price")
        return None
    priced = _priced(draft, draft.variants, batch)
    if "options" not in draft.given:
        priced = _first_alone(draft, priced, batch)
    if any(variant.row == lead for variant in draft.variants) and not any(variant.row == lead for variant in priced):
        return None
    variants = [_new_variant(draft, variant, place) for place, variant in enumerate(priced, 1)]
    return ProductPlan(draft, None, _columns(draft, None, draft.options, batch), variants)


def _priced(draft: ProductDraft, variants: Sequence[VariantDraft], batch: Batch) -> list[VariantDraft]:
    """The variants without the new ones that have no price: these are refused."""
    for variant in variants:
        if variant.price is None:
            message = "The variant is new and needs a price (0 if it is free). Fill it in and import again."
            batch.report("refused", draft.slug, variant.row, "no_price", message, column="Variant Price")
    return [variant for variant in variants if variant.price is not None]


def _first_alone(draft: ProductDraft, variants: list[VariantDraft], batch: Batch) -> list[VariantDraft]:
    """The first variant: a product without options has only one, so the others are refused."""
    for variant in variants[1:]:
        message = f"Row {variants[0].row} already has the variant without options. Give this row option values."
        batch.report("refused", draft.slug, variant.row, "duplicate_variant", message, column="Option1 Value")
    return variants[:1]


def _new_variant(draft: ProductDraft, variant: VariantDraft, position: int) -> VariantPlan:
    fields = {name: getattr(variant, name) for name in ("sku", "option_values", *_VARIANT_COLUMNS)}
    if variant.compare_at is not None and (variant.price is None or variant.compare_at <= variant.price):
        fields["compare_at"] = None
    wanted = VariantState(id=uuid7(), position=position, media_id=None, active=True, **fields)
    return VariantPlan(draft.slug, variant, None, wanted, variant.sku)


def _columns(
    draft: ProductDraft, state: ProductState | None, options: tuple[str, ...], batch: Batch
) -> tuple[object, ...]:
    """The columns of the product's row: values of the file, else the stored ones."""
    sources = {name: draft if state is None or name in draft.given else state for name in PRODUCT_COLUMNS}
    values = {name: getattr(source, name) for name, source in sources.items()} | {"options": options}
    if state and draft.hidden and "status" not in draft.given and state.status == "active":
        values["status"] = "draft"
        message = "The product is now hidden from Shopify's online store, so it is a draft here."
        batch.report("changed", draft.slug, draft.rows[0], "not_published", message, column="Published")
    return tuple(values.values())


def _known(draft: ProductDraft, state: ProductState, batch: Batch) -> ProductPlan | None:
    if not draft.variants:
        return ProductPlan(draft, state, _columns(draft, state, state.options, batch))
    found = match(draft, state)
    if not found.fits:
        message = (
            f"The product has the options {', '.join(state.options) or 'none'}, the file has "
            f"{', '.join(found.options) or 'none'}, but not all of its variants. Import all its rows together."
        )
        batch.report("refused", draft.slug, draft.rows[0], "options_differ", message, column="Option1 Name")
        return None
    for variant, candidates in found.unknown:
        message = _which(variant, state, candidates)
        batch.report("refused", draft.slug, variant.row, "which_variant", message, column="Variant SKU")
    columns = _columns(draft, state, found.options, batch)
    variants = _variants(draft, state, found, batch)
    return ProductPlan(draft, state, columns, variants, _retired(draft, found, batch), found.moved)


def _which(variant: VariantDraft, state: ProductState, candidates: int) -> str:
    named = f"the SKU {variant.sku}" if variant.sku else "no SKU and no options"
    if candidates:
        return f"The row has {named}, as have {candidates} variants of {state.slug}. Add its option values."
    return (
        f"The row has {named}, and none of the {len(state.active)} variants of {state.slug} matches it. "
        "Add its option values or correct its SKU (spreadsheets remove leading zeros), and import again."
    )


def kept_places(present: Sequence[Placed | None]) -> list[int]:
    """The positions of things in this order, None of which are new: those that they have where these say this order
    already (numbers may be missing), else from 1 on.
    """
    known = [(thing.position, thing.id) for thing in present if thing is not None]
    if known != sorted(known) or None in present[: len(known)]:
        return list(range(1, len(present) + 1))
    last = known[-1][0] if known else 0
    return [*(place for place, _ in known), *range(last + 1, last + 1 + len(present) - len(known))]


def _variants(draft: ProductDraft, state: ProductState, found: Match, batch: Batch) -> list[VariantPlan]:
    listed = "options" in draft.given
    known = {id(variant): now for variant, now in found.kept if now.active}
    kept = kept_places([known.get(id(variant)) for variant in draft.variants])
    places = {id(variant): place for variant, place in zip(draft.variants, kept, strict=True)}
    plans = []
    for variant, now in found.kept:
        wanted = _wanted(draft.slug, variant, now, batch)
        if listed:
            position = places[id(variant)] if draft.whole else now.position
            wanted = replace(wanted, option_values=variant.option_values, position=position, active=True)
        plans.append(VariantPlan(draft.slug, variant, now, wanted, variant.sku))
    last = max((now.position for now in state.variants), default=0)
    for count, variant in enumerate(_priced(draft, found.new, batch), 1):
        plans.append(_new_variant(draft, variant, places[id(variant)] if draft.whole else last + count))
    return sorted(plans, key=lambda plan: plan.draft.row)


def _wanted(slug: str, draft: VariantDraft, now: VariantState, batch: Batch) -> VariantState:
    """The new value of a stored variant: values of the file, else the stored ones."""
    wanted = replace(now, **{name: getattr(draft, name) for name in _VARIANT_COLUMNS if name in draft.given})
    if wanted.price is None or "price" not in draft.given:
        remove = batch.options.remove_prices == batch.options.currency
        wanted = replace(wanted, price=None if remove else now.price)
    if wanted.barcode and now.barcode and is_remnant(wanted.barcode, now.barcode):
        message = (
            f"The barcode {wanted.barcode} looks like {now.barcode} after a change by a spreadsheet, so the old one "
            "was kept. Format the column as text before you save the file in a spreadsheet."
        )
        batch.report("changed", slug, draft.row, "barcode_kept", message, column="Variant Barcode")
        wanted = replace(wanted, barcode=now.barcode)
    if wanted.compare_at is not None and (wanted.price is None or wanted.compare_at <= wanted.price):
        if wanted.price is not None:
            message = "The compare-at price is not above the price, so none is shown. Correct one of the two."
            batch.report("changed", slug, draft.row, "compare_at_dropped", message, column="Variant Compare At Price")
        wanted = replace(wanted, compare_at=None)
    return wanted


def _retired(draft: ProductDraft, found: Match, batch: Batch) -> list[VariantState]:
    """The variants to retire: all that are not in the file if it has the whole product, else replaced ones."""
    taken = {variant.option_values for variant in draft.variants}
    retired = [state for state in found.gone if draft.whole or state.option_values in taken]
    for gone in retired:
        what = " / ".join(gone.option_values) or "without options"
        message = (
            f"The variant {what} ({gone.sku}) is no longer in this product's rows, so it is no longer sold. Its stock "
            "is kept. An import of a file with the variant makes it available again."
        )
        batch.report("notice", draft.slug, draft.rows[0], "variant_retired", message)
    return retired
