"""Images and variants of one imported product: what is there stays its row, what is new is added, what left retires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from catalog.domain.products import Match, ProductDraft, ProductState, VariantDraft, VariantState, match
from catalog.shopify import RowProblem
from catalog.store.imports import Writes


@dataclass(frozen=True)
class Options:
    """currency: of the prices. overwrite_stock: also of variants that are here. only_new: products that are here, or
    whose SKU is, are left as they are. account_id: who imports, if known.
    """

    currency: str
    overwrite_stock: bool = False
    only_new: bool = False
    account_id: UUID | None = None


def sync_media(writes: Writes, state: ProductState, draft: ProductDraft) -> tuple[dict[str, UUID], bool]:
    """The images' ids by their key, and whether anything changed."""
    present = {media.key: media for media in state.media}
    ids = {media.key: media.id for media in state.media}
    changed = False
    for position, media in enumerate(draft.media, 1):
        now = present.pop(media.key, None)
        if now is None:
            ids[media.key] = writes.new_media(state.id, position, media)
        elif (now.position, now.alt) != (position, media.alt):
            writes.move_media(now.id, position, media.alt)
        else:
            continue
        changed = True
    for gone in present.values():
        writes.delete_media(gone.id)
    return ids, changed or bool(present)


def sync_variants(
    writes: Writes, state: ProductState, draft: ProductDraft, media: Mapping[str, UUID], problems: list[RowProblem]
) -> bool:
    """Whether anything changed."""
    found = match(draft.variants, state.variants)
    places = {variant.sku: position for position, variant in enumerate(draft.variants, 1)}
    retired = _retired(draft, found)
    for gone in retired:
        writes.deactivate(gone.id)
        problems.append(_retirement(draft.slug, gone))
    changed = bool(retired or found.new)
    for wanted, now in found.kept:
        image = media.get(wanted.image) if wanted.image else None
        if not _same(wanted, now, places[wanted.sku], image):
            # All that change step aside first, so that they may exchange their option values.
            writes.deactivate(now.id)
            writes.update_variant(now.id, wanted, places[wanted.sku], image)
            changed = True
        if (wanted.price, wanted.compare_at) != (now.price, now.compare_at):
            writes.price(now.id, wanted)
            changed = True
    for wanted in found.new:
        image = media.get(wanted.image) if wanted.image else None
        writes.new_variant(state.id, wanted, places[wanted.sku], image)
    return changed


def _same(draft: VariantDraft, state: VariantState, position: int, media_id: UUID | None) -> bool:
    wanted = (draft.sku, draft.option_values, position, draft.weight_grams, draft.barcode)
    now = (state.sku, state.option_values, state.position, state.weight_grams, state.barcode)
    flags = (draft.requires_shipping, draft.taxable, media_id, True)
    return wanted == now and flags == (state.requires_shipping, state.taxable, state.media_id, state.active)


def _retired(draft: ProductDraft, found: Match) -> list[VariantState]:
    """Variants that have left the product. Where some of its rows were unreadable, only those whose place is taken."""
    if draft.whole:
        return found.gone
    taken = {variant.option_values for variant in draft.variants}
    return [state for state in found.gone if state.option_values in taken]


def _retirement(slug: str, gone: VariantState) -> RowProblem:
    message = f"The variant {gone.sku} is no longer in the file, so it is not sold any more. Its stock is kept."
    return RowProblem(1, slug, None, "variant_retired", message, "notice")
