"""Mail staff that a limit of unpaid orders was reached."""

from __future__ import annotations

from chassis.mail import SmtpSender
from orders.checkout import Notice, mail_metric
from orders.context import OrdersContext
from orders.mails import holds_notice
from orders.mails.brand import sender_of


async def send_notice(ctx: OrdersContext, notice: Notice) -> None:
    """Raises what the mail server or the way to it raises: the job is tried again."""
    smtp, recipient = ctx.get(SmtpSender), ctx.settings.staff_email
    if recipient is None or not smtp.configured:
        mail_metric.inc("staff", "not configured")
        return
    message = holds_notice.compose(
        (notice.scope, notice.kind, notice.allowed),
        notice.at,
        sender=sender_of(ctx),
        recipient=recipient,
        public_url=ctx.settings.public_url,
    )
    await smtp.send(ctx.settings.mail_from, recipient, message)
    mail_metric.inc("staff", "sent")
