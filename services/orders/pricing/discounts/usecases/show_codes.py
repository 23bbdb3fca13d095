"""The codes of a discount: a page, all as CSV; and one that is switched off or on."""

from __future__ import annotations

import csv
import io
from uuid import UUID

from chassis import audit
from chassis.problems import NotFound
from chassis.values import defused
from orders.context import OrdersContext
from orders.pricing.discounts.domain.codes import normalised
from orders.pricing.discounts.store import codes as store
from orders.pricing.discounts.store import rows
from orders.pricing.discounts.store.codes import StoredCode
from orders.pricing.usecases.changing import changing

_AT_ONCE = 5_000


async def list_codes(ctx: OrdersContext, discount_id: UUID, after: str, limit: int) -> list[StoredCode]:
    """Codes after this one, in the order of their signs.

    Raises:
        NotFound.
    """
    async with ctx.db.read() as tx:
        if await rows.find(tx, discount_id) is None:
            raise NotFound
        found = await store.page(tx, discount_id, after, limit)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "discount.codes_read", f"discount:{discount_id}")
    return found


async def export_codes(ctx: OrdersContext, discount_id: UUID, batch: UUID | None) -> str:
    """All codes of a discount, or those of one batch, as CSV.

    Raises:
        NotFound.
    """
    async with ctx.db.read() as tx:
        found = await rows.find(tx, discount_id)
    if found is None:
        raise NotFound
    file = io.StringIO()
    lines = csv.writer(file, lineterminator="\r\n")
    lines.writerow(["code", "discount", "once", "disabled", "spent"])
    title, last = defused(found.discount.title), ""
    while True:
        async with ctx.db.read() as tx:
            codes = await store.page(tx, discount_id, last, _AT_ONCE, batch)
        for each in codes:
            flags = ("yes" if flag else "no" for flag in (each.once, each.disabled, each.spent))
            lines.writerow([defused(each.code), title, *flags])
        if len(codes) < _AT_ONCE:
            break
        last = codes[-1].code
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "discount.codes_exported", f"discount:{discount_id}", after={"batch": batch})
    return file.getvalue()


async def set_disabled(ctx: OrdersContext, discount_id: UUID, typed: str, *, disabled: bool) -> str:
    """Switch one code off, or on again; its stored form.

    Raises:
        NotFound: the discount has no such code.
    """
    code = normalised(typed)
    async with changing(ctx) as tx:
        if code is None or not await store.disable(tx, discount_id, code, disabled=disabled):
            raise NotFound
        after = {"code": code, "disabled": disabled}
        await audit.record(tx, "discount.code_changed", f"discount:{discount_id}", after=after)
    return code
