"""Rename, reorder, add and remove the options of a product, with the values of its variants."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.context import CatalogContext
from catalog.editing import changing
from catalog.editing.domain.drafts import OptionChange, option_faults
from catalog.editing.store import products, variants
from catalog.editing.store.products import Summary
from chassis import audit
from chassis.db import WriteTx
from chassis.problems import Invalid


async def set_options(ctx: CatalogContext, slug: str, version: int | None, wanted: Sequence[OptionChange]) -> Summary:
    """The options from now on, in their order; those that are not named are removed, with their values.

    Raises:
        NotFound, VersionChanged. Invalid: an option that there is not, or no value for a new one. OptionsTaken: two
        variants would have the same values.
    """

    async def body(tx: WriteTx) -> Summary:
        product = await changing.begin_change(tx, slug, version)
        faults = list(option_faults(product.options, wanted))
        if faults:
            raise Invalid("See `errors` for each field.", errors=faults)
        places = [None if each.was is None else product.options.index(each.was) + 1 for each in wanted]
        await products.set_options(tx, product.id, [each.name for each in wanted])
        await variants.rearrange(tx, product.id, places, [each.value for each in wanted])
        was, now = product.options, [each.name for each in wanted]
        await audit.record(tx, "options.set", f"product:{slug}", before={"options": was}, after={"options": now})
        return await products.written(tx, product.id)

    return await changing.write(ctx, body)
