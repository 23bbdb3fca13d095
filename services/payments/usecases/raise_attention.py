"""Mark a payment that a person must look at: in the list of staff, the metrics, the log and by a mail."""

from __future__ import annotations

from chassis import telemetry
from chassis.db import WriteTx
from payments import metrics
from payments.context import PaymentsContext
from payments.domain.attention import Attention
from payments.domain.payment import Payment
from payments.store import payments
from payments.usecases.tell_staff import tell_staff

_TITLES: dict[Attention, str] = {
    "misconfigured": "Nobody can pay: Stripe refuses our calls",
    "capture_differs": "A payment was taken with another amount than ordered",
    "amount_differs": "A payment was changed at Stripe",
    "refunds_exceed": "Refunds at Stripe add up to more than was paid",
}
_TEXT = """{detail}

Payment:  {url}/api/v1/admin/payments/{payment}
Order:    {url}/api/v1/admin/orders/{order}
All that wait for somebody:  GET {url}/api/v1/admin/payments?attention=true
"""
_log = telemetry.logger(__name__)


async def raise_attention(ctx: PaymentsContext, tx: WriteTx, payment: Payment, why: Attention, detail: str) -> bool:
    """Write it beside the payment, in `tx`; whether it is new. Nothing happens where it says so already."""
    if not await payments.attend(tx, payment.id, why, detail):
        return False
    metrics.attention.inc(why)
    _log.error("payment.needs_attention", payment_id=payment.id, order_id=payment.order_id, reason=why)
    # A fault of ours meets every order: one mail an hour tells of it.
    subject = "misconfigured" if why == "misconfigured" else f"{why}.{payment.id}"
    url = ctx.settings.public_url.rstrip("/")
    text = _TEXT.format(detail=detail, url=url, payment=payment.id, order=payment.order_id)
    await tell_staff(ctx, tx, subject, _TITLES[why], text, every_hour=why == "misconfigured")
    return True
