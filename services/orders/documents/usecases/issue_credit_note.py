"""Write the credit note of a refund, and its reversal, in the transaction of whoever records the refund."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import msgspec

from chassis.db import WriteTx
from chassis.shop_profile import KeptShop
from chassis.values import uuid7
from orders.checkout import Order, OrderStatus
from orders.context import OrdersContext
from orders.documents import metrics
from orders.documents.domain.credit import Credit, credit_note_of, reversal_of
from orders.documents.domain.seller import seller_of
from orders.documents.domain.shipping_back import Credited
from orders.documents.store import documents
from orders.documents.store.documents import Document, NewDocument, Series
from orders.documents.usecases.issue_invoices import write_invoices
from orders.locales import LANGUAGES, language_of


async def issue_credit_note(tx: WriteTx, ctx: OrdersContext, order: Order, credit: Credit) -> Document | None:
    """The credit note of a refund, which is written once, however often this is called for it.

    The caller holds the order's lock (checkout.lock_order). The invoice is written first, if the order has none yet.
    None where there is nothing to correct: the order never was a paid one.

    Raises:
        DocumentError: the refund's parts do not add up, or are more than is left of the invoice; nothing is written,
            and the transaction can go on.
    """
    if order.status != OrderStatus.PAID.value:
        return None
    if not await documents.of_order(tx, order.id):
        tx.after_commit(partial(metrics.issued.inc, "invoice", by=await write_invoices(ctx, [order], tx)))
    known = await documents.of_order(tx, order.id)
    for each in known:
        if each.kind == "credit_note" and each.refund_id == credit.refund_id:
            return each
    invoice = next(each for each in known if each.kind == "invoice")
    notes = tuple(each.content for each in known if each.kind != "invoice")
    of = Credited(invoice.number, invoice.content, notes)
    shop = ctx.get(KeptShop)
    content = credit_note_of(order, credit, of, seller_of(shop.seller))
    new = NewDocument(
        id=uuid7(),
        order_id=order.id,
        kind="credit_note",
        refund_id=credit.refund_id,
        invoice_id=invoice.id,
        language=language_of(order.locale, shop.look.language(LANGUAGES)),
        content=msgspec.structs.replace(content, time_zone=shop.look.time_zone),
    )
    return await _written(tx, ctx, new)


async def reverse_credit_note(tx: WriteTx, ctx: OrdersContext, order: Order, refund_id: UUID) -> Document | None:
    """Take a refund's credit note back, as the refund failed after all: once. None where it has no credit note.

    The caller holds the order's lock.
    """
    of_refund = {each.kind: each for each in await documents.of_order(tx, order.id) if each.refund_id == refund_id}
    note, reversal = of_refund.get("credit_note"), of_refund.get("reversal")
    if note is None or reversal is not None:
        return reversal
    new = NewDocument(
        id=uuid7(),
        order_id=order.id,
        kind="reversal",
        refund_id=refund_id,
        invoice_id=note.invoice_id,
        language=note.language,
        content=reversal_of(note.content, note.number),
    )
    return await _written(tx, ctx, new)


async def _written(tx: WriteTx, ctx: OrdersContext, new: NewDocument) -> Document:
    await documents.write(tx, [new], Series(ctx.settings.credit_note_series, ctx.get(KeptShop).look.time_zone))
    tx.after_commit(partial(metrics.issued.inc, new.kind))
    written = await documents.find(tx, new.order_id, new.id)
    assert written is not None, "the order is locked, so nobody else has written it"  # noqa: S101 -- narrows the type
    return written
