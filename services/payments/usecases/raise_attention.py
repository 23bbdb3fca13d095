"""Mark a payment that a person must look at: in the list of staff, the metrics, the log and by a mail."""

from __future__ import annotations

from functools import partial

from chassis import telemetry
from chassis.db import WriteTx
from payments import metrics
from payments.context import PaymentsContext
from payments.domain.attention import Attention
from payments.domain.payment import Payment
from payments.store import payments
from payments.usecases.mail_staff import mail_staff

_TITLES: dict[Attention, str] = {
    "misconfigured": "Nobody can pay: Stripe refuses our calls",
    "capture_differs": "A payment was taken with another amount than ordered",
    "amount_differs": "A payment was changed at Stripe",
    "refunds_exceed": "Refunds at Stripe add up to more than was paid",
    "order_lost": "A payment was taken for an order that was lost",
}
_TEXT = """{detail}

Payment:  {url}/api/v1/admin/payments/{payment}
Order:    {url}/api/v1/admin/orders/{order}
All that need attention:  GET {url}/api/v1/admin/payments?attention=true
"""
_log = telemetry.logger(__name__)


async def raise_attention(ctx: PaymentsContext, tx: WriteTx, payment: Payment, why: Attention, detail: str) -> None:
    """Store the reason with the payment, in `tx`, and mail staff. Nothing happens if it is stored already."""
    if not await payments.set_attention(tx, payment.id, why, detail):
        return
    tx.after_commit(partial(metrics.attention.inc, why))
    _log.error("payment.needs_attention", payment_id=payment.id, order_id=payment.order_id, reason=why)
    # A wrong set-up affects every order: one mail an hour.
    subject = "misconfigured" if why == "misconfigured" else f"{why}.{payment.id}"
    url = ctx.settings.public_url.rstrip("/")
    text = _TEXT.format(detail=detail, url=url, payment=payment.id, order=payment.order_id)
    await mail_staff(ctx, tx, subject, _TITLES[why], text, every_hour=why == "misconfigured")
