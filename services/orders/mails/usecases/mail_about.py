"""Mail a customer about a parcel, a refund, a return or the order: each kind once for each.

As in send_mail.py, a mail is marked as sent after it was sent, and one that is sent again has the same Message-ID.
"""

from __future__ import annotations

from uuid import UUID

from chassis.db import WriteTx
from chassis.mail import SmtpSender
from chassis.resilience import failpoints
from orders.checkout import Order, find_order, mail_metric
from orders.context import OrdersContext
from orders.mails.brand import mail_of
from orders.mails.domain.facts import ABOUT_KINDS, About, MailFacts
from orders.mails.instructions import with_instructions
from orders.mails.store import mails

MAIL_ABOUT = "orders.mail_about"


async def enqueue_mail(
    ctx: OrdersContext, tx: WriteTx, order_id: UUID, kind: str, subject: UUID, facts: MailFacts
) -> None:
    """Have a mail sent once `tx` has committed. `subject`: the id of the parcel, refund, return or order.

    Raises:
        ValueError: there is no such kind of mail.
    """
    if kind not in ABOUT_KINDS:
        raise ValueError(f"there is no mail {kind!r} about something")
    await ctx.jobs.enqueue(tx, MAIL_ABOUT, About(order_id, kind, subject, facts))


async def mail_about(ctx: OrdersContext, asked: About) -> None:
    """The job. Raises Unavailable: it is tried again; or MailRefused: it is held for staff."""
    async with ctx.db.read() as tx:
        sent = await mails.was_sent(tx, asked)
        order = None if sent else await find_order(tx, asked.order_id)
    if order is None or not await send_about(ctx, order, asked.kind, asked.subject, asked.facts):
        return
    await failpoints.point("orders.after_mail_about")
    async with ctx.db.write_one() as tx:
        await mails.mark_about(tx, asked)


async def send_about(ctx: OrdersContext, order: Order, kind: str, subject: UUID, facts: MailFacts) -> bool:
    """Send it now; False: there is no mail server, or the person was erased. For rooms that note by themselves what
    was sent.

    Raises:
        Unavailable, MailRefused: as chassis.mail.SmtpSender.send.
    """
    smtp = ctx.get(SmtpSender)
    if order.erased or not smtp.configured:
        mail_metric.inc(kind, "withheld" if order.erased else "not configured")
        return False
    facts = await with_instructions(ctx, order, kind, facts)
    message = mail_of(ctx, order, kind, facts=facts, subject=subject)
    await smtp.send(ctx.settings.mail_from, order.email, message)
    mail_metric.inc(kind, "sent")
    return True
