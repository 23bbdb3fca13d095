"""Mail the link to pay a sent draft, once its stock is held and its payment is open."""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis.problems import Unavailable
from orders.checkout import OrderStatus, find_order
from orders.context import OrdersContext
from orders.mails import MailFacts, enqueue_mail

PAY_LINK = "orders.mail_pay_link"


class PayLink(msgspec.Struct, frozen=True):
    """Mail the link of an order. `note`: words of staff."""

    order_id: UUID
    note: str | None = None


async def mail_pay_link(ctx: OrdersContext, job: PayLink) -> None:
    """Of an order that has ended, is paid already, or was lost in a restore, none is sent.

    Raises:
        Unavailable: it cannot be paid yet; the job is tried again.
    """
    async with ctx.db.read() as tx:
        order = await find_order(tx, job.order_id)
    if order is None:
        return
    if order.status == OrderStatus.PLACED.value:
        raise Unavailable("The order's stock or its payment is not ready yet.")
    if order.status == OrderStatus.PENDING_PAYMENT.value:
        facts = MailFacts(until=order.expires_at, note=job.note, at=order.placed_at)
        async with ctx.db.write_one() as tx:
            await enqueue_mail(ctx, tx, order.id, "payment_link", order.id, facts)
