"""Mail staff about what a person has to do: once for each thing, or once an hour while it goes on."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr

import msgspec

from chassis.db import WriteTx
from chassis.mail import SmtpSender
from payments import metrics
from payments.context import PaymentsContext
from payments.store import notices

NOTICE = "payments.staff_notice"


class Notice(msgspec.Struct, frozen=True):
    """A mail to staff. `subject` names what it is about, for its Message-ID; `at`: seconds since 1970."""

    subject: str
    title: str
    text: str
    at: int


async def tell_staff(
    ctx: PaymentsContext, tx: WriteTx, subject: str, title: str, text: str, *, every_hour: bool = False
) -> None:
    """Have a mail sent once `tx` has committed, unless one was about this subject (within the hour, where said)."""
    if ctx.settings.staff_email is None:
        return
    at = await notices.claim(tx, subject, every_hour=every_hour)
    if at is not None:
        await ctx.jobs.enqueue(tx, NOTICE, Notice(subject, title, text, at))


async def send_notice(ctx: PaymentsContext, told: Notice) -> None:
    """Raises what the mail server or the way to it raises: the job is tried again."""
    smtp, recipient = ctx.get(SmtpSender), ctx.settings.staff_email
    if recipient is None or not smtp.configured:
        metrics.staff_mails.inc("not configured")
        return
    sender = ctx.settings.mail_from
    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["From"], mail["To"] = told.title, sender, recipient
    mail["Date"] = formatdate(told.at)
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    mail["Message-ID"] = f"<{told.subject}.{told.at}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(told.text)
    await smtp.send(sender, recipient, mail.as_bytes())
    metrics.staff_mails.inc("sent")
