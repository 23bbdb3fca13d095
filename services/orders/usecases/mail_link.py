"""Mail the link of an order to its own address."""

from __future__ import annotations

from datetime import UTC, datetime

from chassis.mail import MailRefused, SmtpSender
from orders import metrics
from orders.context import OrdersContext
from orders.mail import compose
from orders.store import links, orders
from orders.tokens import OrderTokens
from orders.usecases.look_up_order import Link

_KIND = "link"


async def mail_link(ctx: OrdersContext, asked: Link) -> None:
    """Raises Unavailable: the job is tried again, for a day. What is refused for good is given up: strangers type
    addresses that take no mail.
    """
    smtp = ctx.get(SmtpSender)
    if not smtp.configured:
        metrics.mails.inc(_KIND, "not configured")
        return
    async with ctx.db.read() as tx:
        order = await orders.find(tx, asked.order_id) if await links.still_due(tx, asked.at) else None
    if order is None:
        return
    message = compose.compose(
        order,
        _KIND,
        sender=ctx.settings.mail_from,
        public_url=ctx.settings.public_url,
        token=ctx.get(OrderTokens).known(order.id, order.token_hash),
        asked_at=datetime.fromtimestamp(asked.at, UTC),
    )
    try:
        await smtp.send(ctx.settings.mail_from, order.email, message)
    except MailRefused:
        metrics.mails.inc(_KIND, "refused")
        return
    metrics.mails.inc(_KIND, "sent")
