"""Taking products over from elsewhere: products by their slug, variants by their options, else by their SKU. Repeating
it changes nothing.

What an import does not touch: what it does not give, stock of a variant that is here already (unless it is told to),
prices in other currencies (unless it is told to), and products that it does not name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from catalog import metrics
from catalog.domain.products import ProductDraft, ProductState, VariantState
from catalog.events import ProductChanged
from catalog.shopify import RowProblem
from catalog.store import import_states, prices
from catalog.store import imports as store
from catalog.usecases.import_plan import Options, Plan, plan
from catalog.usecases.import_skus import candidates, settle_skus
from catalog.usecases.import_stock import overwrite_stock
from catalog.usecases.import_titles import known_by_title
from catalog.usecases.import_variants import sync_media, sync_variants
from chassis import audit, outbox
from chassis.db import Database, WriteTx
from chassis.resilience import failpoints

# What is written in one transaction: enough to be quick, little enough to keep nobody waiting.
BATCH_PRODUCTS = 100
BATCH_VARIANTS = 500
_OUTCOMES = ("created", "updated", "unchanged", "refused")
COUNTS = (*_OUTCOMES, "stock_set", "stock_changed", "retired", "prices_removed")


@dataclass
class Imported:
    """How many products were created, updated, unchanged or refused, and what is worth knowing of them.

    stock_set: variants whose stock the import gives, where it is to set it; stock_changed: those that had another.
    retired: variants that are no longer sold. prices_removed: prices that are no more.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    stock_set: int = 0
    stock_changed: int = 0
    retired: int = 0
    prices_removed: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def refused_rows(self) -> int:
        return sum(problem.severity == "refused" for problem in self.problems)

    def add(self, other: Imported) -> None:
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.problems += other.problems

    def count(self, outcome: str) -> None:
        setattr(self, outcome, getattr(self, outcome) + 1)


def quietly(_done: int) -> None:
    """Hears of the progress and says nothing."""


async def import_products(
    db: Database, drafts: Sequence[ProductDraft], options: Options, *, progress: Callable[[int], None] = quietly
) -> Imported:
    """Bring the catalog to what the drafts say. Each has a slug of its own within `drafts`.

    It is done some products at a time, each whole or not at all: interrupted, it is completed by repeating it.
    """
    total = Imported()
    finished = 0
    for batch in _batches(drafts):
        total.add(await db.transact(lambda tx, batch=batch: _import(tx, batch, options)))  # type: ignore[misc]
        finished += len(batch)
        progress(finished)
        await failpoints.point("import.batch")
    for outcome in _OUTCOMES:
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
    done = Imported()
    known = await known_by_title(tx, drafts, done.problems)
    done.refused, drafts = len(drafts) - len(known), known
    states = await import_states.states(tx, [draft.slug for draft in drafts], options.currency)
    if options.only_new:
        drafts = await _missing(tx, drafts, states, done)
    plans = [made for draft in drafts if (made := plan(draft, states.get(draft.slug), options, done.problems))]
    done.refused += len(drafts) - len(plans)
    settle_skus(plans, await import_states.holders(tx, candidates(plans)), done.problems)
    outcomes = await _write(tx, plans, options, done)
    if options.overwrite_stock:
        done.stock_set, done.stock_changed = await overwrite_stock(tx, plans, options, done.problems)
    changed = {outcome: outcomes[outcome] for outcome in ("created", "updated") if outcomes[outcome]}
    if changed or options.overwrite_stock:
        after = {**changed, "currency": options.currency, "overwrite_stock": options.overwrite_stock}
        if options.remove_prices:
            after |= {"remove_prices": options.remove_prices, "prices_removed": done.prices_removed}
        await audit.record(tx, "catalog.imported", after=after)
    return done


async def _missing(
    tx: WriteTx, drafts: Sequence[ProductDraft], states: Mapping[str, ProductState], done: Imported
) -> list[ProductDraft]:
    """Those of which nothing is here: not the slug, and no SKU, which a renamed product still has."""
    holders = await import_states.holders(tx, [variant.sku for draft in drafts for variant in draft.variants])
    missing = [
        draft
        for draft in drafts
        if draft.slug not in states and not any(variant.sku in holders for variant in draft.variants)
    ]
    done.unchanged += len(drafts) - len(missing)
    return missing


async def _write(tx: WriteTx, plans: Sequence[Plan], options: Options, done: Imported) -> dict[str, list[str]]:
    """The slugs of the products by what became of them."""
    writes, touched = store.Writes(options.currency, options.account_id), list[UUID]()
    outcomes: dict[str, list[str]] = defaultdict(list)
    away = await _prices_to_remove(tx, plans, options)
    for made in plans:
        removed = _remove_prices(writes, made, away, options)
        outcome = await _write_one(tx, made, writes, touched, changed=removed > 0)
        done.count(outcome)
        done.retired += len(made.retired)
        done.prices_removed += removed
        outcomes[outcome].append(made.draft.slug)
    await writes.run(tx)
    await prices.sum_up(tx, touched)
    return outcomes


async def _prices_to_remove(tx: WriteTx, plans: Sequence[Plan], options: Options) -> set[UUID]:
    """Variants with a price in the currency whose prices are to go."""
    if options.remove_prices is None:
        return set()
    ids = [now.id for made in plans for now in _named(made)]
    return await import_states.priced(tx, ids, options.remove_prices)


def _named(made: Plan) -> list[VariantState]:
    """The variants that a file speaks of: all of the product where it holds it whole."""
    if made.state and made.draft.whole:
        return list(made.state.variants)
    return [line.now for line in made.lines if line.now]


def _remove_prices(writes: store.Writes, made: Plan, away: set[UUID], options: Options) -> int:
    """How many prices go."""
    kept: set[UUID] = set()
    if options.remove_prices == options.currency:
        kept = {line.id for line in made.lines if line.wanted.price is not None}
    gone = [now.id for now in _named(made) if now.id in away and now.id not in kept]
    for variant_id in gone:
        writes.remove_price(variant_id, options.remove_prices or "")
    return len(gone)


async def _write_one(tx: WriteTx, made: Plan, writes: store.Writes, touched: list[UUID], *, changed: bool) -> str:
    """What became of the product; its id is added to `touched` unless it is unchanged."""
    state, slug = made.state, made.draft.slug
    product_id = state.id if state else await store.insert_product(tx, slug, made.fields)
    media, media_changed = sync_media(writes, made, product_id)
    variants_changed = sync_variants(writes, made, product_id, media)
    if state and not (changed or media_changed or variants_changed) and state.fields == made.fields:
        return "unchanged"
    touched.append(product_id)
    version = await store.update_product(tx, product_id, made.fields) if state else 1
    await outbox.publish(tx, "product", product_id, version, ProductChanged(product_id, slug))
    return "updated" if state else "created"
