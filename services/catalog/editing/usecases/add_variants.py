"""Add variants to a product."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from catalog.context import CatalogContext
from catalog.editing import changing
from catalog.editing.domain.drafts import NewVariant, variant_faults
from catalog.editing.store import products, variants
from catalog.editing.store.products import Summary
from catalog.editing.store.variants import Added
from catalog.store import prices
from chassis import audit
from chassis.db import WriteTx
from chassis.problems import Invalid
from chassis.resilience import failpoints


@dataclass(frozen=True, slots=True)
class AddedVariants:
    """The product, and the variants that it got."""

    product: Summary
    added: list[Added]


async def add_variants(
    ctx: CatalogContext, slug: str, version: int | None, wanted: list[NewVariant], account_id: UUID
) -> AddedVariants:
    """All or none. A second call with the same ids finds what the first one made.

    Raises:
        NotFound, VersionChanged, Invalid, SkuTaken, OptionsTaken, TooManyVariants.
    """

    async def body(tx: WriteTx) -> AddedVariants:
        found = await products.by_variant(tx, wanted[0].id)
        if found is None:
            found = await _add(tx, slug, version, wanted, account_id)
        return AddedVariants(found, await variants.added(tx, wanted[0].id))

    done = await changing.write(ctx, body)
    await failpoints.point("variants.added")
    return done


async def _add(tx: WriteTx, slug: str, version: int | None, wanted: list[NewVariant], account_id: UUID) -> Summary:
    product = await changing.begin_change(tx, slug, version)
    faults = list(variant_faults(len(product.options), wanted))
    if faults:
        raise Invalid("See `errors` for each field.", errors=faults[:20])
    await changing.add_rows(tx, product.id, wanted, account_id)
    await prices.sum_up(tx, [product.id])
    await audit.record(tx, "variants.added", f"product:{slug}", after={"skus": [each.sku for each in wanted]})
    return await products.written(tx, product.id)
