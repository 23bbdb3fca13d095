"""Send a mail about an order to its customer: each kind once an order.

A mail is marked as sent after it was sent. If the process dies in between, it is sent again with the same Message-ID,
by which a mail system can drop the copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.cache import Batcher
from chassis.db import Database
from chassis.mail import MailRefused, SmtpSender
from chassis.resilience import failpoints
from orders.checkout import Order, mail_metric
from orders.context import OrdersContext
from orders.mails.brand import mail_of
from orders.mails.domain.facts import MailFacts
from orders.mails.instructions import with_instructions
from orders.mails.store import mails
from orders.mails.store.mails import Mail

# The kinds of mail about an order that is not paid, or ended unpaid.
UNPAID = ("cancelled", "placed")


class UnsentMails(Batcher[Mail, Order | None]):
    """Looks up the orders of the mails that this process is about to send, those of one moment together."""

    def __init__(self, db: Database) -> None:
        async def look(asked: Sequence[Mail]) -> list[Order | None]:
            async with db.read() as tx:
                found = await mails.unsent(tx, asked)
            return [found.get(mail) for mail in asked]

        super().__init__(look)


class SentMails(Batcher[Mail, None]):
    """Marks the mails that this process has sent, those of one moment together."""

    def __init__(self, db: Database) -> None:
        async def mark(sent: Sequence[Mail]) -> list[None]:
            async with db.write_one() as tx:
                await mails.mark_sent(tx, sent)
            return [None] * len(sent)

        super().__init__(mark)


async def send_mail(ctx: OrdersContext, order_id: UUID, kind: str) -> None:
    """As chassis.mail.SmtpSender, it raises Unavailable, and the job is tried again without end; or MailRefused, and
    the job is held: staff must reach this customer in another way. A refused mail about an unpaid order is given up:
    anybody may order with an address that takes no mail, and held jobs would pile up.
    """
    smtp = ctx.get(SmtpSender)
    if not smtp.configured:
        mail_metric.inc(kind, "not configured")
        return
    order = await ctx.get(UnsentMails).submit((order_id, kind))
    if order is None or order.erased:
        return
    try:
        facts = await with_instructions(ctx, order, kind, MailFacts())
        await smtp.send(ctx.settings.mail_from, order.email, mail_of(ctx, order, kind, facts=facts))
    except MailRefused:
        if kind not in UNPAID:
            raise
        mail_metric.inc(kind, "refused")
        return
    await failpoints.point("orders.after_mail")
    await ctx.get(SentMails).submit((order_id, kind))
    mail_metric.inc(kind, "sent")
