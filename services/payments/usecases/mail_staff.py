"""Mail staff about something that needs a person: once for each subject, or at most once an hour."""

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


async def mail_staff(
    ctx: PaymentsContext, tx: WriteTx, subject: str, title: str, text: str, *, every_hour: bool = False
) -> None:
    """Enqueue a mail in `tx`, unless one about this subject was sent before (`every_hour`: within the last hour)."""
    if ctx.settings.staff_email is None:
        return
    at = await notices.claim(tx, subject, every_hour=every_hour)
    if at is not None:
        await ctx.jobs.enqueue(tx, NOTICE, Notice(subject, title, text, at))


async def send_notice(ctx: PaymentsContext, notice: Notice) -> None:
    """Send a mail to staff. Errors of the mail server are raised, and the job is tried again."""
    smtp, recipient = ctx.get(SmtpSender), ctx.settings.staff_email
    if recipient is None or not smtp.configured:
        metrics.staff_mails.inc("not configured")
        return
    sender = ctx.settings.mail_from
    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["From"], mail["To"] = notice.title, sender, recipient
    mail["Date"] = formatdate(notice.at)
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    mail["Message-ID"] = f"<{notice.subject}.{notice.at}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(notice.text)
    await smtp.send(sender, recipient, mail.as_bytes())
    metrics.staff_mails.inc("sent")
