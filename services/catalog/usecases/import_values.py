"""What an imported product and its variants are to be: what the source gives, and for the rest what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from catalog.domain.products import ProductDraft, ProductState, VariantDraft, VariantState
from catalog.shopify import RowProblem
from catalog.shopify.codes import is_remnant

_FIELDS = ("title", "description_html", "vendor", "product_type", "tags", "options", "status")
_KEPT = ("price", "compare_at", "weight_grams", "barcode", "requires_shipping", "taxable")


def product_fields(
    draft: ProductDraft, state: ProductState | None, options: Sequence[str], problems: list[RowProblem]
) -> tuple[object, ...]:
    """What the product's own row is to say, in the order of ProductState.fields."""
    if state is None:
        return replace(draft, options=tuple(options)).fields
    wanted = dict(zip(_FIELDS, draft.fields, strict=True))
    present = dict(zip(_FIELDS, state.fields, strict=True))
    values = {name: wanted[name] if name in draft.given else present[name] for name in _FIELDS}
    values["options"] = list(options)
    if draft.hidden and "status" not in draft.given and present["status"] == "active":
        values["status"] = "draft"
        message = "The product is hidden from Shopify's online store now, so it is a draft here."
        problems.append(RowProblem(draft.rows[0], draft.slug, "Published", "not_published", message, "changed"))
    return tuple(values.values())


def settle(
    slug: str, draft: VariantDraft, now: VariantState, problems: list[RowProblem], *, remove_price: bool = False
) -> VariantDraft:
    """The draft with every value that it does not give taken from what is there. Its SKU is not touched.

    remove_price: a price that it does not give is taken away.
    """

    def say(code: str, column: str, message: str) -> None:
        problems.append(RowProblem(draft.row, slug, column, code, message, "changed"))

    wanted = replace(draft, **{name: getattr(now, name) for name in _KEPT if name not in draft.given})
    if wanted.price is None or "price" not in draft.given:
        wanted = replace(wanted, price=None if remove_price else now.price)
    if wanted.barcode and now.barcode and is_remnant(wanted.barcode, now.barcode):
        message = (
            f"The barcode {wanted.barcode} looks like what a spreadsheet left of {now.barcode}, which stays. Format "
            "the column as text before you save the file in a spreadsheet."
        )
        say("barcode_kept", "Variant Barcode", message)
        wanted = replace(wanted, barcode=now.barcode)
    if wanted.compare_at is not None and (wanted.price is None or wanted.compare_at <= wanted.price):
        message = "The compare-at price is not above the price, so none is shown. Correct one of the two."
        if wanted.price is not None:
            say("compare_at_dropped", "Variant Compare At Price", message)
        wanted = replace(wanted, compare_at=None)
    return wanted
