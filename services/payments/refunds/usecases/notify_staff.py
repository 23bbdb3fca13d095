"""Mail staff about a refund that was made at the provider, or that failed."""

from __future__ import annotations

from chassis.db import WriteTx
from payments.context import PaymentsContext
from payments.refunds.domain.refund import Refund
from payments.usecases.mail_staff import mail_staff

_FAILED = "A refund of {money} failed"
_MADE = "A refund at Stripe of {money} is {status}"
_NOT_PAID = (
    "The customer has not got the money: it is with the shop, and the order shows so. Ask the customer for "
    "another way, such as a bank account, or refund again: the customer may have a new card."
)
# Why a refund failed, where paying in another way as well, or once more, would pay the customer twice.
_NOT_PAID_BECAUSE = {
    "charge_disputed": "The customer has claimed the money by their bank, which gives it back if the dispute is "
    "lost or accepted. DO NOT PAY IT IN ANOTHER WAY as well: answer the dispute, or accept it.",
    "charge_already_refunded": "There is nothing left to be given back: all of it went back in Stripe's dashboard, or "
    "by an earlier refund. DO NOT PAY IT IN ANOTHER WAY before you have seen that at Stripe.",
    "insufficient_funds": "The customer has not got the money: the shop's account at Stripe has too little. Add funds "
    "there, then refund again.",
}
_FOLLOWED = "It was made in Stripe's dashboard. Ledger and order follow it: there is nothing to be noted by hand."
_UNDONE = (
    "It was made in Stripe's dashboard and did not happen: the customer has not got the money. Ledger and order "
    "show so."
)
_TEXT = """{title}.
{reason}
{what}

Payment:   {url}/api/v1/admin/payments/{payment}
Order:     {url}/api/v1/admin/orders/{order}
Refund:    {refund}
At Stripe: {case}
"""


async def notify_staff(ctx: PaymentsContext, tx: WriteTx, refund: Refund) -> None:
    """Enqueue a mail about the refund as it is, once for each status."""
    made = refund.origin == "provider"
    title = (_MADE if made else _FAILED).format(money=refund.money, status=refund.status.replace("_", " "))
    text = _TEXT.format(
        title=title,
        reason=f"Reason: {(refund.failure or refund.reason).replace('_', ' ')}\n",
        what=_what_to_do(refund),
        url=ctx.settings.public_url.rstrip("/"),
        payment=refund.payment_id,
        order=refund.order_id,
        refund=refund.id,
        case=refund.provider_id or "not known there",
    )
    await mail_staff(ctx, tx, f"{refund.provider_id or refund.id}.{refund.status}", title, text)


def _what_to_do(refund: Refund) -> str:
    if refund.origin == "provider":
        return _FOLLOWED if refund.counts else _UNDONE
    return _NOT_PAID_BECAUSE.get(refund.failure or "", _NOT_PAID)
