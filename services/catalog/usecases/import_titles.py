"""Products that a file names by title alone: perhaps they are here already, under a handle that it does not give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from catalog.domain.products import ProductDraft
from catalog.shopify import RowProblem
from catalog.store import import_states
from chassis.db import WriteTx


async def known_by_title(tx: WriteTx, drafts: Sequence[ProductDraft], problems: list[RowProblem]) -> list[ProductDraft]:
    """The same with the slugs of the products that bear these titles. Without those whose title is borne by several."""
    wanted = [draft.title.lower() for draft in drafts if draft.slug_made]
    slugs = await import_states.slugs_of_titles(tx, wanted) if wanted else {}
    taken = {draft.slug for draft in drafts}
    known: list[ProductDraft] = []
    for draft in drafts:
        here = slugs.get(draft.title.lower(), []) if draft.slug_made else []
        if not here or draft.slug in here:
            known.append(draft)
        elif len(here) > 1 or here[0] in taken:
            problems.append(_ambiguous(draft, here))
        else:
            known.append(replace(draft, slug=here[0]))
    return known


def _ambiguous(draft: ProductDraft, here: Sequence[str]) -> RowProblem:
    message = (
        f"The title {draft.title} is that of {', '.join(here[:3])}, so it cannot be told which is meant. Give the "
        "file a column Handle."
    )
    return RowProblem(draft.rows[0], draft.slug, None, "which_product", message, "refused")
