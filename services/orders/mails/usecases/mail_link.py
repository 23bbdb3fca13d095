"""Mail the link of an order to its own address."""

from __future__ import annotations

from datetime import UTC, datetime

from chassis.mail import MailRefused, SmtpSender
from orders.checkout import find_order, mail_metric
from orders.context import OrdersContext
from orders.mails.brand import mail_of
from orders.mails.store import links
from orders.mails.usecases.look_up_order import Link

_KIND = "link"


async def mail_link(ctx: OrdersContext, asked: Link) -> None:
    """Raises Unavailable: the job is tried again, for a day. What is refused for good is given up: strangers type
    addresses that take no mail.
    """
    smtp = ctx.get(SmtpSender)
    if not smtp.configured:
        mail_metric.inc(_KIND, "not configured")
        return
    async with ctx.db.read() as tx:
        order = await find_order(tx, asked.order_id) if await links.still_due(tx, asked.at) else None
    if order is None or order.erased:
        return
    message = mail_of(ctx, order, _KIND, asked_at=datetime.fromtimestamp(asked.at, UTC))
    try:
        await smtp.send(ctx.settings.mail_from, order.email, message)
    except MailRefused:
        mail_metric.inc(_KIND, "refused")
        return
    mail_metric.inc(_KIND, "sent")
