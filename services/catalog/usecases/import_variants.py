"""Writing what a plan says of images and variants: what is there keeps its row, what is new is added, what left
retires.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from uuid import UUID

from catalog.domain.products import MediaDraft, MediaState
from catalog.store.imports import Row, Writes
from catalog.usecases.import_plan import Line, Plan


def sync_media(writes: Writes, plan: Plan, product_id: UUID) -> tuple[dict[str, UUID], bool]:
    """The images' ids by their key, and whether anything changed.

    The images become the draft's where it gives all of them; those that a kept variant shows stay. Where it does not
    hold all, what it has is added.
    """
    draft, present = plan.draft, plan.state.media if plan.state else ()
    ids = {media.key: media.id for media in present}
    all_given = draft.whole and "media" in draft.given
    shown = {line.now.media_id for line in plan.lines if line.now and "image" not in line.wanted.given}
    changed = False
    for position, media, now in _order(draft.media, present, all_given=all_given, shown=shown):
        alt = now.alt if now and (media is None or media.alt is None) else (media and media.alt) or ""
        if now is None and media is not None:
            ids[media.key] = writes.new_media(product_id, position, MediaDraft(**{**vars(media), "alt": alt}))
        elif now is not None and (now.position, now.alt) != (position, alt):
            writes.move_media(now.id, position, alt)
        else:
            continue
        changed = True
    return ids, _drop_media(writes, plan, ids, shown=shown, all_given=all_given) or changed


def _order(
    drafts: tuple[MediaDraft, ...], present: tuple[MediaState, ...], *, all_given: bool, shown: AbstractSet[UUID | None]
) -> list[tuple[int, MediaDraft | None, MediaState | None]]:
    """Every image that is to be there, at its place."""
    by_key = {media.key: media for media in present}
    keys = {media.key for media in drafts}
    if all_given:
        rest = [media for media in present if media.key not in keys and media.id in shown]
        pairs = [*((media, by_key.get(media.key)) for media in drafts), *((None, media) for media in rest)]
        return [(place, media, now) for place, (media, now) in enumerate(pairs, 1)]
    last = max((media.position for media in present), default=0)
    new = [media for media in drafts if media.key not in by_key]
    known = [(by_key[media.key].position, media, by_key[media.key]) for media in drafts if media.key in by_key]
    return [*known, *((last + count, media, None) for count, media in enumerate(new, 1))]


def _drop_media(
    writes: Writes, plan: Plan, ids: dict[str, UUID], *, shown: AbstractSet[UUID | None], all_given: bool
) -> bool:
    keys = {media.key for media in plan.draft.media}
    gone = [m for m in (plan.state.media if plan.state else ()) if m.key not in keys and m.id not in shown]
    for media in gone if all_given else ():
        writes.delete_media(media.id)
        del ids[media.key]
    return all_given and bool(gone)


def sync_variants(writes: Writes, plan: Plan, product_id: UUID, media: Mapping[str, UUID]) -> bool:
    """Whether anything changed."""
    changed = bool(plan.retired or plan.moved)
    retired = {gone.id for gone in plan.retired}
    for gone in plan.retired:
        writes.deactivate(gone.id)
    for state, values in plan.moved:
        writes.deactivate(state.id)
        writes.move_variant(state.id, values, active=state.active and state.id not in retired)
    for line in plan.lines:
        changed = _write(writes, line, product_id, media) or changed
    return changed


def _write(writes: Writes, line: Line, product_id: UUID, media: Mapping[str, UUID]) -> bool:
    draft, now = line.wanted, line.now
    image = media.get(draft.image) if draft.image else None
    if now is None:
        writes.new_variant(product_id, _row(line, image), draft)
        return True
    if "image" not in draft.given:
        image = now.media_id
    row = _row(line, image)
    same = row == Row(
        now.id,
        now.sku,
        now.option_values,
        now.position,
        now.weight_grams,
        now.barcode,
        requires_shipping=now.requires_shipping,
        taxable=now.taxable,
        media_id=now.media_id,
        active=now.active,
        shared_sku=now.shared_sku,
    )
    if not same:
        # All that change step aside first, so that they may exchange their option values and SKUs.
        writes.deactivate(now.id, sku=now.sku != row.sku)
        writes.update_variant(row)
    priced = (draft.price, draft.compare_at) == (now.price, now.compare_at)
    if not priced:
        writes.price(now.id, draft.price, draft.compare_at)
    return not (same and priced)


def _row(line: Line, media_id: UUID | None) -> Row:
    draft = line.wanted
    return Row(
        line.id,
        line.sku,
        line.values,
        line.position,
        draft.weight_grams,
        draft.barcode,
        requires_shipping=draft.requires_shipping,
        taxable=draft.taxable,
        media_id=media_id,
        active=line.active,
        shared_sku=draft.shared_sku,
    )
