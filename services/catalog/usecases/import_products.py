"""Taking products over from elsewhere: products by their slug, variants by their SKU. Repeating it changes nothing.

What an import does not touch: stock of a variant that is here already (unless it is told to), prices in other
currencies, and products that it does not name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from catalog import metrics
from catalog.domain.products import ProductDraft, ProductState
from catalog.events import ProductChanged
from catalog.shopify import RowProblem
from catalog.store import imports as store
from catalog.store import prices, reservations
from catalog.usecases.import_stock import overwrite_stock
from catalog.usecases.import_variants import Options, sync_media, sync_variants
from chassis import audit, faults, outbox
from chassis.db import Database, WriteTx

# What is written in one transaction: enough to be quick, little enough to keep nobody waiting.
BATCH_PRODUCTS = 100
BATCH_VARIANTS = 500


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
    finished = 0
    for batch in _batches(drafts):
        total.add(await db.transact(lambda tx, batch=batch: _import(tx, batch, options)))  # type: ignore[misc]
        finished += len(batch)
        progress(finished)
        await faults.point("import.batch")
    for outcome in ("created", "updated", "unchanged", "refused"):
        metrics.imported.inc(outcome, by=getattr(total, outcome))
    return total


def _batches(drafts: Sequence[ProductDraft]) -> Iterator[list[ProductDraft]]:
    batch: list[ProductDraft] = []
    variants = 0
    for draft in drafts:
        if batch and (len(batch) == BATCH_PRODUCTS or variants + len(draft.variants) > BATCH_VARIANTS):
            yield batch
            batch, variants = [], 0
        batch.append(draft)
        variants += len(draft.variants)
    if batch:
        yield batch


async def _import(tx: WriteTx, drafts: Sequence[ProductDraft], options: Options) -> Imported:
    await store.lock(tx)
    states = await store.states(tx, [draft.slug for draft in drafts], options.currency)
    owners = await store.owners(tx, [variant.sku for draft in drafts for variant in draft.variants])
    done, writes, touched = Imported(), store.Writes(options.currency, options.account_id), list[UUID]()
    outcomes: dict[str, list[str]] = defaultdict(list)
    if options.only_new:
        drafts = _missing(drafts, states, owners, done)
    own = [_without_foreign(draft, owners, done.problems) for draft in drafts]
    if options.overwrite_stock:
        await reservations.lock_levels(tx, sorted(v.id for state in states.values() for v in state.variants))
    for draft in own:
        outcome = await _import_one(tx, draft, states.get(draft.slug), writes, touched, done.problems)
        done.count(outcome)
        outcomes[outcome].append(draft.slug)
    await writes.run(tx)
    await prices.sum_up(tx, touched)
    if options.overwrite_stock:
        present = [draft for draft in own if draft.slug in states]
        await overwrite_stock(tx, present, options, done.problems)
    changed = {outcome: outcomes[outcome] for outcome in ("created", "updated") if outcomes[outcome]}
    if changed or options.overwrite_stock:
        after = {**changed, "currency": options.currency, "overwrite_stock": options.overwrite_stock}
        await audit.record(tx, "catalog.imported", after=after)
    return done


def _missing(
    drafts: Sequence[ProductDraft], states: Mapping[str, ProductState], owners: Mapping[str, str], done: Imported
) -> list[ProductDraft]:
    """Those of which nothing is here: not the slug, and no SKU, which a renamed product still has."""
    missing = [
        draft
        for draft in drafts
        if draft.slug not in states and not any(variant.sku in owners for variant in draft.variants)
    ]
    done.unchanged += len(drafts) - len(missing)
    return missing


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
    tx: WriteTx,
    draft: ProductDraft,
    state: ProductState | None,
    writes: store.Writes,
    touched: list[UUID],
    problems: list[RowProblem],
) -> str:
    """What became of the product; its id is added to `touched` unless it is unchanged."""
    if not draft.variants:
        return "refused"
    product_id = state.id if state else await store.insert_product(tx, draft)
    present = state or ProductState(product_id, draft.slug, draft.fields)
    media, media_changed = sync_media(writes, present, draft)
    variants_changed = sync_variants(writes, present, draft, media, problems)
    if state and not media_changed and not variants_changed and state.fields == draft.fields:
        return "unchanged"
    touched.append(product_id)
    version = await store.update_product(tx, product_id, draft) if state else 1
    await outbox.publish(tx, "product", product_id, version, ProductChanged(product_id, draft.slug))
    return "updated" if state else "created"
