"""Change the addresses, the VAT number or the e-mail address of an order before anything of it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.db import WriteTx
from chassis.problems import FieldError, Invalid
from orders.addresses import folded
from orders.checkout import Order, append_event, find_order, progress_of
from orders.context import OrdersContext
from orders.documents import invoice_number
from orders.edits.domain.edit import Edit, discounts_of, obstacle, same_price, wanted_of
from orders.edits.problems import EditChangesPrice, OrderChanged, OrderNotEditable
from orders.edits.store import orders as store
from orders.edits.usecases.move_email import move_email
from orders.fulfilment import known_order, locked_order
from orders.pricing import Destination, VatNumber, WrongVatNumber, repriced, vat_number

_WHY = {
    "erased": "Its person was erased.",
    "ended": "It has ended, or is about to.",
    "sent": "Pieces of it are on their way: cancel their parcel first, if it has not left.",
    "too_often": "Its e-mail address was changed too often.",
}


@dataclass(frozen=True, slots=True)
class EditedOrder:
    """`invoice`: the number of the invoice that was written before and stays as it is; None where there is none."""

    order: Order
    invoice: str | None


async def edit_order(
    ctx: OrdersContext, order_id: UUID, version: int, values: dict[str, Any], staff: UUID
) -> EditedOrder:
    """The order with these values, by the names of edit.FIELDS. What is so already is no change.

    Raises:
        NotFound, OrderChanged, OrderNotEditable, EditChangesPrice. Invalid: the VAT number, or an address where nothing
        is shipped.
    """
    async with ctx.db.read() as tx:
        order = await known_order(tx, order_id)
    vat = _checked(order, values)
    if vat is not None and "vat_id" in values:
        values = {**values, "vat_id": vat.number}
    edit = Edit(values).of(order)
    _check_version(order, version)
    # Before the transaction: of this version, its addresses and lines are these.
    await _check_price(ctx, order, edit, vat)
    async with ctx.db.write() as tx:
        locked = await locked_order(tx, order_id)
        _check_version(locked, version)
        why = obstacle(locked, await progress_of(tx, order_id))
        if why is not None:
            raise refused(why, locked)
        if edit.fields:
            await _write(ctx, tx, locked, edit, staff)
        return EditedOrder(await find_order(tx, order_id) or locked, await invoice_number(tx, order_id))


def refused(why: str, order: Order) -> OrderNotEditable:
    """Why it cannot be changed."""
    return OrderNotEditable(_WHY[why], obstacle=why, order_status=order.status)


def _check_version(order: Order, version: int) -> None:
    if order.version != version:
        raise OrderChanged(f"It is of version {order.version} now.", version=order.version)


def _checked(order: Order, values: dict[str, Any]) -> VatNumber | None:
    """The VAT number that the order has afterwards."""
    if "shipping_address" in values and not order.requires_shipping:
        error = FieldError("shipping_address", "Nothing in this order is shipped: leave it out", "not-shipped")
        raise Invalid("See `errors` for each field.", errors=[error])
    written = values.get("vat_id", order.vat_id)
    try:
        return vat_number(folded(written)) if written else None
    except WrongVatNumber as wrong:
        raise Invalid("See `errors` for each field.", errors=[FieldError("vat_id", str(wrong), "vat_id")]) from None


async def _check_price(ctx: OrdersContext, order: Order, edit: Edit, vat: VatNumber | None) -> None:
    """Compare what the order costs with these data and with the former ones, both by the rules of now."""
    # As checkout sees it: of an order that is not shipped, where the customer is.
    before = Destination.of(order.shipping_address or order.billing_address)
    shipping = edit.values.get("shipping_address", order.shipping_address)
    after = Destination.of(shipping or edit.values.get("billing_address", order.billing_address))
    if before == after and "vat_id" not in edit.values:
        return
    former = vat_number(order.vat_id) if order.vat_id else None
    wanted = [wanted_of(order, before, former), wanted_of(order, after, vat)]
    was, would_be = await repriced(ctx, wanted, order.placed_at, *discounts_of(order))
    if same_price(was, would_be):
        return
    reason = would_be.shipping_problem or "price"
    amounts = {
        "charged": order.total,
        "total": would_be.total,
        "shipping": would_be.shipping_charged,
        "tax": would_be.tax,
    }
    told: dict[str, Any] = {name: {"amount": amount, "currency": order.currency} for name, amount in amounts.items()}
    detail = (
        "Its tax or its shipping would be another one, and the money of a placed order stays as it is."
        if reason == "price"
        else "By the rules of now it is not shipped there in the way that was chosen."
    )
    raise EditChangesPrice(detail, reason=reason, **told)


async def _write(ctx: OrdersContext, tx: WriteTx, order: Order, edit: Edit, staff: UUID) -> None:
    await store.change(tx, order.id, edit.values)
    if "email" in edit.values:
        await move_email(ctx, tx, order)
    # Not the values: the history is kept as it is written, and has nothing of persons.
    told = {"fields": edit.fields}
    await append_event(tx, order.id, "edited", told, actor=staff)
    await audit.record(tx, "order.edited", f"order:{order.id}", after=told)
