"""Images and variants of one imported product: what is there stays its row, what is new is added, what left retires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from catalog.domain.products import Match, ProductDraft, ProductState, VariantDraft, VariantState, match
from catalog.events import publish_stock
from catalog.shopify import RowProblem
from catalog.store import imports as store
from catalog.store import stock as stock_store
from chassis.db import WriteTx


@dataclass(frozen=True)
class Options:
    """currency: of the prices. overwrite_stock: also of variants that are here. account_id: who imports, if known."""

    currency: str
    overwrite_stock: bool = False
    account_id: UUID | None = None


async def sync_media(tx: WriteTx, state: ProductState, draft: ProductDraft) -> tuple[dict[str, UUID], bool]:
    """The images' ids by their key, and whether anything changed."""
    present = {media.key: media for media in state.media}
    wanted = {media.key: (position, media) for position, media in enumerate(draft.media, 1)}
    gone = [media.id for key, media in present.items() if key not in wanted]
    moved = [
        (present[key].id, position, media.alt)
        for key, (position, media) in wanted.items()
        if key in present and (present[key].position, present[key].alt) != (position, media.alt)
    ]
    ids = {key: media.id for key, media in present.items()}
    new = [key for key in wanted if key not in present]
    if gone:
        await store.delete_media(tx, gone)
    if moved:
        await store.place_media(tx, moved)
    for key in new:
        ids[key] = await store.insert_media(tx, state.id, *wanted[key])
    return ids, bool(gone or moved or new)


async def sync_variants(
    tx: WriteTx,
    state: ProductState,
    draft: ProductDraft,
    media: Mapping[str, UUID],
    options: Options,
    problems: list[RowProblem],
) -> bool:
    """Whether anything but the stock changed."""
    found = match(draft.variants, state.variants)
    places = {variant.sku: position for position, variant in enumerate(draft.variants, 1)}
    stale = [
        (wanted, now) for wanted, now in found.kept if not _same(wanted, now, places[wanted.sku], _image(wanted, media))
    ]
    retired = _retired(draft, found)
    await _retire(tx, draft, retired, [now for _, now in stale], problems)
    for wanted, now in stale:
        await store.update_variant(tx, now.id, wanted, places[wanted.sku], _image(wanted, media))
    changed = bool(stale or retired or found.new)
    for wanted, now in found.kept:
        changed |= await store.set_price(tx, now.id, options.currency, wanted.price, wanted.compare_at)
        if options.overwrite_stock:
            await _overwrite_stock(tx, draft.slug, now.id, wanted, options, problems)
    for wanted in found.new:
        variant_id = await store.insert_variant(tx, state.id, wanted, places[wanted.sku], _image(wanted, media))
        await store.set_price(tx, variant_id, options.currency, wanted.price, wanted.compare_at)
        await publish_stock(tx, [await store.insert_stock(tx, variant_id, wanted, options.account_id)])
    return changed


def _image(draft: VariantDraft, media: Mapping[str, UUID]) -> UUID | None:
    return media.get(draft.image) if draft.image else None


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


async def _retire(
    tx: WriteTx,
    draft: ProductDraft,
    retired: list[VariantState],
    stale: list[VariantState],
    problems: list[RowProblem],
) -> None:
    """Those that change step aside too, so that variants may exchange their option values."""
    if retired or stale:
        await store.deactivate(tx, [state.id for state in (*retired, *stale)])
    for state in retired:
        message = f"The variant {state.sku} is no longer in the file, so it is not sold any more. Its stock is kept."
        problems.append(RowProblem(1, draft.slug, None, "variant_retired", message, "notice"))


async def _overwrite_stock(
    tx: WriteTx, slug: str, variant_id: UUID, draft: VariantDraft, options: Options, problems: list[RowProblem]
) -> None:
    """Set the stock to what the file says, but never below what is held for orders."""
    stock = await stock_store.by_sku(tx, draft.sku, lock=True)
    if stock is None or (draft.quantity is None and draft.tracked == stock.tracked):
        return
    on_hand = stock.on_hand if draft.quantity is None else draft.quantity
    if draft.tracked and not draft.backorder and on_hand < stock.reserved:
        message = (
            f"{stock.reserved} of {draft.sku} are held for orders, so the stock is {stock.reserved}, not {on_hand}."
        )
        problems.append(RowProblem(draft.row, slug, None, "stock_held", message, "changed"))
        on_hand = stock.reserved
    changed = await stock_store.set_stock(
        tx,
        variant_id,
        on_hand,
        tracked=draft.tracked,
        backorder=draft.backorder,
        reason="imported",
        account_id=options.account_id,
    )
    if changed:
        await publish_stock(tx, [changed])
