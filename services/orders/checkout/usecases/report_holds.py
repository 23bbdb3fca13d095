"""Report that a limit of unpaid units was reached: a metric, a log line and, at most once an hour, a mail to staff."""

from __future__ import annotations

from contextlib import suppress

import msgspec

from chassis import telemetry
from chassis.db import UNREACHABLE
from orders.checkout import metrics
from orders.checkout.store import notices
from orders.context import OrdersContext
from orders.problems import HoldLimit
from orders.shoppers import Holder

NOTICE = "orders.staff_notice"

telemetry.allow("scope", "kind", "holder")
telemetry.allow("allowed", kind="long")
_log = telemetry.logger(__name__)


class Notice(msgspec.Struct, frozen=True):
    """What was reached; `at`: seconds since 1970."""

    scope: str
    kind: str
    allowed: int
    at: int


async def report_holds(ctx: OrdersContext, holder: Holder, refused: HoldLimit) -> None:
    """Count and log a refusal, and enqueue a mail if none about this limit was sent for an hour."""
    scope, kind, allowed = (refused.extensions[name] for name in ("scope", "limit", "allowed"))
    metrics.holds_refused.inc(scope, kind)
    _log.warning("order.hold_refused", scope=scope, kind=kind, allowed=allowed, holder=getattr(holder, scope).hex())
    if ctx.settings.staff_email is None:
        return
    # The order is refused even if the mail cannot be enqueued.
    with suppress(*UNREACHABLE):
        await _enqueue_notice(ctx, scope, kind, allowed)


async def _enqueue_notice(ctx: OrdersContext, scope: str, kind: str, allowed: int) -> None:
    subject = f"hold-limit:{scope}:{kind}"
    async with ctx.db.read() as tx:
        if not await notices.due(tx, subject):
            return
    async with ctx.db.write() as tx:
        at = await notices.claim(tx, subject)
        if at is not None:
            await ctx.jobs.enqueue(tx, NOTICE, Notice(scope, kind, allowed, at))
