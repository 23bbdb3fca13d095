"""Taking products over from elsewhere: products by their slug, variants by their SKU. Repeating it changes nothing.

What an import does not touch: stock of a variant that is here already (unless it is told to), prices in other
currencies, and products that it does not name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from catalog import metrics
from catalog.domain.products import ProductDraft, ProductState
from catalog.events import ProductChanged
from catalog.shopify import RowProblem
from catalog.store import imports as store
from catalog.store import reservations
from catalog.usecases.import_variants import Options, sync_media, sync_variants
from chassis import faults, outbox
from chassis.db import Database, WriteTx

# Products a transaction: long enough to be quick, short enough to keep nobody waiting.
_BATCH = 25


@dataclass
class Imported:
    """How many products were created, updated, unchanged or refused, and what is worth knowing of them."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    def add(self, other: Imported) -> None:
        for name in ("created", "updated", "unchanged", "refused"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.problems += other.problems

    def count(self, outcome: str) -> None:
        setattr(self, outcome, getattr(self, outcome) + 1)


def quietly(_done: int) -> None:
    """Hears of the progress and says nothing."""


async def import_products(
    db: Database, drafts: Sequence[ProductDraft], options: Options, *, progress: Callable[[int], None] = quietly
) -> Imported:
    """Bring the catalog to what the drafts say. Each has a slug and SKUs of its own within `drafts`.

    It is done some products at a time, each whole or not at all: interrupted, it is completed by repeating it.
    """
    total = Imported()
    for start in range(0, len(drafts), _BATCH):
        batch = drafts[start : start + _BATCH]
        total.add(await db.transact(lambda tx, batch=batch: _import(tx, batch, options)))  # type: ignore[misc]
        progress(start + len(batch))
        await faults.point("import.batch")
    for outcome in ("created", "updated", "unchanged", "refused"):
        metrics.imported.inc(outcome, by=getattr(total, outcome))
    return total


async def _import(tx: WriteTx, drafts: Sequence[ProductDraft], options: Options) -> Imported:
    await store.lock(tx)
    states = await store.states(tx, [draft.slug for draft in drafts], options.currency)
    if options.overwrite_stock:
        variants = sorted(variant.id for state in states.values() for variant in state.variants)
        await reservations.lock_levels(tx, variants)
    owners = await store.owners(tx, [variant.sku for draft in drafts for variant in draft.variants])
    done = Imported()
    for draft in drafts:
        own = _without_foreign(draft, owners, done.problems)
        done.count(await _import_one(tx, own, states.get(draft.slug), options, done.problems))
    return done


def _without_foreign(draft: ProductDraft, owners: dict[str, str], problems: list[RowProblem]) -> ProductDraft:
    """Without variants whose SKU belongs to another product."""
    foreign = [variant for variant in draft.variants if owners.get(variant.sku, draft.slug) != draft.slug]
    for variant in foreign:
        message = (
            f"The SKU {variant.sku} belongs to the product {owners[variant.sku]}. Give this one another SKU, or "
            "delete it there, and import again."
        )
        problems.append(RowProblem(variant.row, draft.slug, None, "sku_taken", message, "refused"))
    own = tuple(variant for variant in draft.variants if variant not in foreign)
    return replace(draft, variants=own, whole=draft.whole and not foreign)


async def _import_one(
    tx: WriteTx, draft: ProductDraft, state: ProductState | None, options: Options, problems: list[RowProblem]
) -> str:
    """What became of the product."""
    if not draft.variants:
        return "refused"
    product_id = state.id if state else await store.insert_product(tx, draft)
    present = state or ProductState(product_id, draft.slug, draft.fields)
    media, media_changed = await sync_media(tx, present, draft)
    variants_changed = await sync_variants(tx, present, draft, media, options, problems)
    if state and not media_changed and not variants_changed and state.fields == draft.fields:
        return "unchanged"
    version = await store.update_product(tx, product_id, draft) if state else 1
    await outbox.publish(tx, "product", product_id, version, ProductChanged(product_id, draft.slug))
    return "updated" if state else "created"
