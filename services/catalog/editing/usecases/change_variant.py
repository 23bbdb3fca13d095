"""Change one variant of a product, retire it, or sell it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from catalog.context import CatalogContext
from catalog.editing import changing
from catalog.editing.store import variants
from catalog.editing.store.products import Touched
from catalog.store import pages, prices
from catalog.store.pages import Variant
from chassis import audit
from chassis.db import WriteTx
from chassis.problems import FieldError, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class ChangedVariant:
    """A variant after its change, and the version of its product."""

    version: int
    variant: Variant


async def change_variant(
    ctx: CatalogContext, slug: str, variant_id: UUID, version: int | None, wish: Mapping[str, Any]
) -> ChangedVariant:
    """Set the fields that `wish` names. Repeated, it changes nothing more but the product's version.

    Raises:
        NotFound: no such product, or it has no such variant. VersionChanged. Invalid: not as many option values as
        the product has options. SkuTaken, OptionsTaken, TooManyVariants.
    """

    async def body(tx: WriteTx) -> ChangedVariant:
        product = await changing.begin_change(tx, slug, version)
        await _change(tx, product, variant_id, wish)
        return ChangedVariant(product.version, await pages.variant(tx, variant_id))

    return await changing.write(ctx, body)


async def _change(tx: WriteTx, product: Touched, variant_id: UUID, wish: Mapping[str, Any]) -> None:
    before = await variants.fields(tx, product.id, variant_id)
    if before is None:
        raise NotFound("The product has no such variant.")
    after = replace(before, **wish)
    if after.active and len(after.option_values) != len(product.options):
        message = f"The product has {len(product.options)} options, so each variant needs as many values"
        raise Invalid(message, errors=[FieldError("option_values", message, "option_values")])
    await variants.update(tx, product.id, variant_id, after)
    if after.active and not before.active:
        changing.refuse_too_many(await variants.active(tx, product.id))
    await prices.sum_up(tx, [product.id])
    was, now = asdict(before), asdict(after)
    differ = [name for name in was if was[name] != now[name]]
    if differ:
        old, new = ({name: fields[name] for name in differ} for fields in (was, now))
        await audit.record(tx, "variant.changed", f"variant:{before.sku}", before=old, after=new)
