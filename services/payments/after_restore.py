"""What payments does after its database went back in time: the provider knows what happened since.

Intents that it has and we do not are adopted with all that has happened to them, before an order could get a second
one. Every open payment is looked up. Refunds, disputes and warnings are read again. Orders is told of each payment
since, and has those given up whose orders were lost (payments.usecases.give_up_payment).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chassis import outbox, telemetry
from chassis.problems import Unavailable
from payments.clients import provider_of
from payments.context import PaymentsContext
from payments.domain.intent import Intent
from payments.events import PaymentRestored
from payments.provider import Refused, Unknown, stripe_payloads
from payments.store import payments
from payments.usecases.apply_intent import apply_intent
from payments.usecases.mail_staff import mail_staff
from payments.usecases.receive_webhook import keep_case

# The provider's clock and the database's, and calls that were under way.
MARGIN = timedelta(minutes=10)
_SECOND = """The database was restored to an earlier moment. Stripe has a payment that was lost with the rest, and its
order has another one by now. Look at both in Stripe's dashboard, and cancel or refund {intent},
so that nobody pays twice.

Payment at Stripe: {intent} ({status})
Order: {order}
"""
_log = telemetry.logger(__name__)


async def after_restore(ctx: PaymentsContext, restored_to: datetime) -> list[str]:
    """Adopt what the provider has of this shop since that moment; lines for the operator.

    Raises:
        Unavailable: the provider did not answer; run it again.
    """
    async with ctx.db.read() as reading:
        newest = await payments.newest(reading)
        too_old = await reading.value("select $1 < now() - interval '30 days'", restored_to)
    # The operator's moment may be later than what came back: not all of the log need have been archived.
    since, provider = min(restored_to, newest or restored_to) - MARGIN, provider_of(ctx)
    adopted = refused = cases = 0
    try:
        async for intent in provider.intents_since(since):
            new = await _adopt(ctx, intent)
            adopted, refused = adopted + (new is True), refused + (new is None)
        async for event in provider.events_since(since):
            cases += await keep_case(ctx, event)
    except (Unknown, Refused) as error:
        raise Unavailable(f"The payment provider did not answer: {error}.") from error
    async with ctx.db.write_one() as tx:
        looked_up = await payments.check_all_now(tx)
    await _tell_orders(ctx, since)
    lines = [
        f"{adopted} payments were adopted that the provider knows since {since:%F %T} UTC.",
        f"{cases} refunds, disputes and warnings were read again.",
        f"{looked_up} open payments are looked up as soon as payments serves.",
    ]
    if too_old:
        lines.append("The provider lists refunds, disputes and warnings of 30 days: look earlier ones up there.")
    return lines + ([f"{refused} payments at the provider were not adopted: see the log."] if refused else [])


async def _adopt(ctx: PaymentsContext, intent: Intent) -> bool | None:
    """Merge the intent into its payment, which is made if there is none: whether it was. None: it cannot be adopted."""
    payment_id, order_id = map(stripe_payloads.uuid_or_none, (intent.payment_id, intent.order_id))
    if payment_id is None or order_id is None or intent.amount is None or intent.client_secret is None:
        _log.error("intent.not_adopted", intent_id=intent.id, reason="unreadable")
        return None
    async with ctx.db.write() as tx:
        known = await payments.by_id(tx, payment_id)
        payment = known or await payments.adopt(tx, payment_id, order_id, intent)
        payment = payment or await payments.by_id(tx, payment_id)  # adopted meanwhile, by another run
        if payment is None and intent.status != "canceled":
            text = _SECOND.format(intent=intent.id, status=intent.status, order=order_id)
            await mail_staff(ctx, tx, f"not_adopted.{intent.id}", "An order has two payments at Stripe", text)
    if payment is None:
        _log.error("intent.not_adopted", intent_id=intent.id, order_id=order_id, reason="its order has another payment")
        return None
    await apply_intent(ctx, payment, intent)
    return known is None


async def _tell_orders(ctx: PaymentsContext, since: datetime) -> None:
    async with ctx.db.read() as tx:
        found = await payments.made_since(tx, since)
    for payment_id in found:
        async with ctx.db.write() as tx:
            order_id, number = await payments.count_fact(tx, payment_id)
            await outbox.publish(tx, "payment", payment_id, number, PaymentRestored(order_id=order_id))
