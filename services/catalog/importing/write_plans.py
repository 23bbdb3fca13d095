"""Writes the plans of an import: updates stored rows, inserts new ones, deactivates variants that left a product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from uuid import UUID

from catalog.events import ChangedProduct, publish_products
from catalog.importing import reads, writes
from catalog.importing.batch import Batch, ImportOptions
from catalog.importing.model import MediaDraft, MediaState
from catalog.importing.plan import ProductPlan, VariantPlan, kept_places
from catalog.importing.writes import Writes
from catalog.store import prices
from catalog.store.prices import REMOVE_PRICE
from chassis.db import WriteTx


async def write_plans(tx: WriteTx, plans: Sequence[ProductPlan], batch: Batch) -> dict[str, list[str]]:
    """Write all plans and count their outcomes; returns the slugs of the products by outcome."""
    rows, changed = Writes(batch.options), list[UUID]()
    outcomes: dict[str, list[str]] = defaultdict(list)
    away = await _priced(tx, plans, batch.options)
    for plan in plans:
        removed = _remove_prices(rows, plan, away, batch.options)
        product_id, outcome = await _write_product(tx, plan, rows, changed=removed > 0)
        outcomes[outcome].append(plan.draft.slug)
        if outcome != "unchanged":
            changed.append(product_id)
        batch.result.retired += len(plan.retired)
        batch.result.prices_removed += removed
    await rows.run(tx)
    await prices.sum_up(tx, changed)
    for outcome, slugs in outcomes.items():
        setattr(batch.result, outcome, getattr(batch.result, outcome) + len(slugs))
    return outcomes


async def _priced(tx: WriteTx, plans: Sequence[ProductPlan], options: ImportOptions) -> set[UUID]:
    """The variants with a price in the currency whose prices are to be removed."""
    if options.remove_prices is None:
        return set()
    return await reads.priced(tx, [each for plan in plans for each in _named(plan)], options.remove_prices)


def _named(plan: ProductPlan) -> list[UUID]:
    """The ids of the stored variants in the file; all of the product if the file has all its rows."""
    if plan.state and plan.draft.whole:
        return [now.id for now in plan.state.variants]
    return [variant.now.id for variant in plan.variants if variant.now]


def _remove_prices(rows: Writes, plan: ProductPlan, away: set[UUID], options: ImportOptions) -> int:
    """Remove prices of the plan's variants; returns their number."""
    kept: set[UUID] = set()
    if options.remove_prices == options.currency:
        kept = {variant.wanted.id for variant in plan.variants if variant.wanted.price is not None}
    gone = [variant_id for variant_id in _named(plan) if variant_id in away and variant_id not in kept]
    for variant_id in gone:
        rows.add(REMOVE_PRICE, variant_id, options.remove_prices)
    return len(gone)


async def _write_product(tx: WriteTx, plan: ProductPlan, rows: Writes, *, changed: bool) -> tuple[UUID, str]:
    """Write one product; returns its id and outcome."""
    state, slug = plan.state, plan.draft.slug
    product_id = state.id if state else await writes.insert_product(tx, slug, plan.columns)
    media, media_changed = _write_media(rows, plan, product_id)
    variants_changed = _write_variants(rows, plan, product_id, media)
    if state and not (changed or media_changed or variants_changed) and state.columns == plan.columns:
        return product_id, "unchanged"
    version = await writes.update_product(tx, product_id, plan.columns) if state else 1
    await publish_products(tx, [ChangedProduct(product_id, slug, version)])
    return product_id, "updated" if state else "created"


def _write_media(rows: Writes, plan: ProductPlan, product_id: UUID) -> tuple[dict[str, UUID], bool]:
    """Write the images of a product; their ids by key, and whether anything changed.

    The images become the draft's where it gives all of them; those that a kept variant shows, and those that staff
    uploaded, stay behind them. Where it does not hold all, what it has is added.
    """
    draft, present = plan.draft, plan.state.media if plan.state else ()
    ids = {media.key: media.id for media in present}
    all_given = draft.whole and "media" in draft.given
    shown = {variant.now.media_id for variant in plan.variants if variant.now and "image" not in variant.draft.given}
    shown |= {media.id for media in present if media.uploaded}
    changed = False
    for position, media, now in _order(draft.media, present, all_given=all_given, shown=shown):
        alt = now.alt if now and (media is None or media.alt is None) else (media and media.alt) or ""
        if now is None and media is not None:
            ids[media.key] = rows.new_media(product_id, position, media, alt)
        elif now is not None and (now.position, now.alt) != (position, alt):
            rows.add(writes.MOVE_MEDIA, now.id, position, alt)
        else:
            continue
        changed = True
    keys = {media.key for media in draft.media}
    gone = [now for now in present if now.key not in keys and now.id not in shown] if all_given else []
    for leaving in gone:
        rows.add(writes.DELETE_MEDIA, leaving.id)
        del ids[leaving.key]
    return ids, changed or bool(gone)


def _order(
    drafts: tuple[MediaDraft, ...], present: tuple[MediaState, ...], *, all_given: bool, shown: AbstractSet[UUID | None]
) -> list[tuple[int, MediaDraft | None, MediaState | None]]:
    """The images of the product from now on: position, draft and stored image of each."""
    by_key = {media.key: media for media in present}
    if all_given:
        keys = {media.key for media in drafts}
        rest = [media for media in present if media.key not in keys and media.id in shown]
        pairs = [*((media, by_key.get(media.key)) for media in drafts), *((None, media) for media in rest)]
        places = kept_places([now for _, now in pairs])
        return [(place, media, now) for place, (media, now) in zip(places, pairs, strict=True)]
    last = max((media.position for media in present), default=0)
    new = [media for media in drafts if media.key not in by_key]
    known = [(by_key[media.key].position, media, by_key[media.key]) for media in drafts if media.key in by_key]
    return [*known, *((last + count, media, None) for count, media in enumerate(new, 1))]


def _write_variants(rows: Writes, plan: ProductPlan, product_id: UUID, media: Mapping[str, UUID]) -> bool:
    """Write the variants of a product; returns whether anything changed."""
    retired = {gone.id for gone in plan.retired}
    for gone in plan.retired:
        rows.add(writes.DEACTIVATE, gone.id, False)
    for state, values in plan.moved:
        rows.add(writes.DEACTIVATE, state.id, False)
        rows.add(writes.MOVE_VARIANT, state.id, values, state.active and state.id not in retired)
    changed = [_write_variant(rows, variant, product_id, media) for variant in plan.variants]
    return bool(retired or plan.moved) or any(changed)


def _write_variant(rows: Writes, variant: VariantPlan, product_id: UUID, media: Mapping[str, UUID]) -> bool:
    draft, now, wanted = variant.draft, variant.now, variant.wanted
    if now is None or "image" in draft.given:
        wanted = replace(wanted, media_id=media.get(draft.image) if draft.image else None)
    if now is None:
        rows.new_variant(product_id, wanted, draft)
        return True
    same = wanted.columns == now.columns
    if not same:
        # All that change are deactivated first, so that they may exchange their option values and SKUs.
        rows.add(writes.DEACTIVATE, now.id, now.sku != wanted.sku)
        rows.add(writes.UPDATE_VARIANT, wanted.id, *wanted.columns)
    priced = (wanted.price, wanted.compare_at) == (now.price, now.compare_at)
    if not priced:
        rows.price(wanted)
    return not (same and priced)
