"""Read from the provider what its webhooks should have told: refunds, disputes and warnings.

A payment that is not settled is asked about by itself. A refund or dispute that is made in the dashboard is known to
nobody here until an event tells of it, and a webhook may be lost.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chassis import telemetry
from payments.clients import provider_of
from payments.context import PaymentsContext
from payments.provider import Refused, Unknown, stripe_payloads
from payments.refunds.store import sweeps
from payments.refunds.usecases.apply_refund_event import apply_refund_event
from payments.store import cases, payments
from payments.usecases.receive_webhook import TYPES, keep_case

CASE_TYPES = frozenset(each for each in TYPES if each.startswith(("refund.", "charge.", "radar.")))
"""At most 20: the provider takes no more at once."""
# Clocks, and events that the provider lists late.
MARGIN = timedelta(minutes=10)
# How long a replica of the version before may go on writing beside this one.
OVERLAP = timedelta(days=1)
_log = telemetry.logger(__name__)


async def catch_up(ctx: PaymentsContext) -> int:
    """Store and apply the events that did not come since the last whole look; how many."""
    async with ctx.db.read() as tx:
        sweep = await sweeps.begin(tx, "events")
    missed = 0
    try:
        async for event in provider_of(ctx).events_since(sweep.since - MARGIN, CASE_TYPES):
            missed += await _is_ours(ctx, event) and await keep_case(ctx, event)
    except (Unknown, Refused) as error:
        _log.warning("events.not_read", reason=type(error).__name__)
        return missed
    async with ctx.db.write_one() as tx:
        await sweeps.end(tx, sweep)
    if missed:
        _log.warning("events.missed", count=missed)
    return missed


async def _is_ours(ctx: PaymentsContext, event: dict[str, Any]) -> bool:
    """Whether it is about a payment of this shop: others may share the account."""
    subject = stripe_payloads.subject_of(event)
    intent_id = subject.get("payment_intent") if isinstance(subject, dict) else None
    if not isinstance(intent_id, str):
        return False
    async with ctx.db.read() as tx:
        return await payments.of_intent(tx, intent_id) is not None


async def take_old_refunds(ctx: PaymentsContext) -> None:
    """Take in the refunds that the version before kept among the cases alone.

    Raises:
        Unavailable: the provider does not answer; the next run begins again.
    """
    async with ctx.db.read() as tx:
        sweep = await sweeps.begin(tx, "cases")
        found = await cases.refunds_not_taken_in(tx, sweep.since - OVERLAP, "")
    while found:
        for refund_id in found:
            await apply_refund_event(ctx, "", refund_id)
        async with ctx.db.read() as tx:
            found = await cases.refunds_not_taken_in(tx, sweep.since - OVERLAP, found[-1])
    async with ctx.db.write_one() as tx:
        await sweeps.end(tx, sweep)
