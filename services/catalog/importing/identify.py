"""Finds the products of rows without a handle, by their SKU or title."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from catalog.importing import reads
from catalog.importing.batch import Batch
from catalog.importing.model import ProductDraft, ProductState, RowProblem, VariantDraft
from catalog.importing.reads import SkuHolder
from chassis.db import Database, WriteTx

# An image by its address in this shop, as the export names one that was uploaded.
_OWN_IMAGE = re.compile(r"https?://[^/]+/api/v1/media/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_AT_ONCE = 5_000  # SKUs that are looked up in one query


async def by_sku(db: Database, lines: Sequence[VariantDraft]) -> tuple[list[ProductDraft], list[RowProblem]]:
    """The products with the SKUs, and findings about SKUs that none or several products have."""
    products: dict[str, list[VariantDraft]] = defaultdict(list)
    problems = []
    for start in range(0, len(lines), _AT_ONCE):
        some = lines[start : start + _AT_ONCE]
        async with db.read() as tx:
            found = await reads.claimants(tx, [line.sku for line in some])
        for line in some:
            those = found.get(line.sku, [])
            active = [holder for holder in those if holder.active] or those
            if len(active) == 1:
                products[active[0].slug].append(line)
            else:
                problems.append(_unclear(line, active))
    drafts = [
        ProductDraft(
            slug, variants=tuple(variants), whole=False, rows=tuple(line.row for line in variants), given=frozenset()
        )
        for slug, variants in sorted(products.items())
    ]
    return drafts, problems


def _unclear(line: VariantDraft, those: Sequence[SkuHolder]) -> RowProblem:
    if those:
        names = ", ".join(sorted({holder.slug for holder in those})[:5])
        message = (
            f"{len(those)} variants share the SKU {line.sku} (of {names}). Add the columns Handle and Option1 "
            "Value to say which one is meant, and import again."
        )
        return RowProblem(line.row, "", "Variant SKU", "shared_sku", message, "refused")
    message = (
        f"No variant has the SKU {line.sku}. Correct it (spreadsheets remove leading zeros), or "
        "import the whole product first."
    )
    return RowProblem(line.row, "", "Variant SKU", "unknown_sku", message, "refused")


async def by_title(tx: WriteTx, drafts: Sequence[ProductDraft], batch: Batch) -> list[ProductDraft]:
    """The drafts; those without a handle with the slug of the product that has their title. A title is refused
    that several products have, or whose product other rows of the file change.
    """
    wanted = [draft.title.lower() for draft in drafts if draft.slug_made]
    slugs = await reads.slugs_of_titles(tx, wanted) if wanted else {}
    taken = {draft.slug for draft in drafts}
    known: list[ProductDraft] = []
    for draft in drafts:
        here = slugs.get(draft.title.lower(), []) if draft.slug_made else []
        if not here or draft.slug in here:
            known.append(draft)
        elif len(here) > 1 or here[0] in taken:
            found = (
                f"Several products have the title {draft.title}: {', '.join(here[:3])}."
                if len(here) > 1
                else f"The title {draft.title} is that of {here[0]}, which other rows of the file change."
            )
            message = f"{found} Add a column Handle with the right one, and import again."
            batch.report("refused", draft.slug, draft.rows[0], "which_product", message)
        else:
            known.append(replace(draft, slug=here[0]))
    return known


def own_images(draft: ProductDraft, state: ProductState | None) -> ProductDraft:
    """The draft; images that it names by the address of a stored one of this product are that."""
    keys = {str(media.id): media.key for media in state.media} if state else {}
    stored = {}
    for media in draft.media:
        found = _OWN_IMAGE.fullmatch(media.source_url or "")
        if found and found[1] in keys:
            stored[media.key] = keys[found[1]]
    if not stored:
        return draft
    return replace(
        draft,
        media=tuple(replace(media, stored=stored.get(media.key)) for media in draft.media),
        variants=tuple(replace(each, image=stored.get(each.image or "", each.image)) for each in draft.variants),
    )


async def only_new(
    tx: WriteTx, drafts: Sequence[ProductDraft], states: Mapping[str, ProductState]
) -> list[ProductDraft]:
    """The drafts of which neither the slug nor an SKU is stored (a renamed product still has its SKUs)."""
    holders = await reads.holders(tx, [variant.sku for draft in drafts for variant in draft.variants])
    return [
        draft
        for draft in drafts
        if draft.slug not in states and not any(variant.sku in holders for variant in draft.variants)
    ]
