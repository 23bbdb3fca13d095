"""Send a mail that staff have asked for: the job."""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis.mail import MailRefused
from orders.checkout import find_order, mail_metric
from orders.context import OrdersContext
from orders.mails import MailFacts, send_about

MAIL_AGAIN = "orders.mail_again"


class MailAgain(msgspec.Struct, frozen=True):
    """Send a mail of a kind about an order. `mail_id` makes its Message-ID. `recipient`: the address that the order had
    until now; None: the one that it has.
    """

    order_id: UUID
    kind: str
    mail_id: UUID
    facts: MailFacts
    recipient: str | None = None


async def mail_again(ctx: OrdersContext, job: MailAgain) -> None:
    """Done twice, it has the same Message-ID. What a former address refuses for good is given up.

    Raises:
        Unavailable: the mail server did not answer; the job is tried again. MailRefused: the job is held.
    """
    async with ctx.db.read() as tx:
        order = await find_order(tx, job.order_id)
    if order is None:
        return
    if job.recipient is not None:
        # Without its token: the link is of the new address.
        order = msgspec.structs.replace(order, email=job.recipient, token_hash=None)
    try:
        await send_about(ctx, order, job.kind, job.mail_id, job.facts)
    except MailRefused:
        if job.recipient is None:
            raise
        mail_metric.inc(job.kind, "refused")
