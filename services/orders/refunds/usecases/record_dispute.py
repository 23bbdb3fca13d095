"""Count the disputes of an order's payment, as the payment service tells of them: each once."""

from __future__ import annotations

from uuid import UUID

from chassis import telemetry
from chassis.db import WriteTx
from orders.checkout import Progress, add_progress, append_event, lock_order
from orders.refunds.store import disputes

_log = telemetry.logger(__name__)


async def record_disputed(tx: WriteTx, order_id: UUID, dispute_id: str, amount: int, reason: str) -> None:
    """The customer's bank disputes it. Told again, it counts nothing."""
    if await lock_order(tx, order_id) is None:
        _log.error("order.unknown", order_id=order_id, reason="dispute")
        return
    if await disputes.opened(tx, dispute_id, order_id, amount, reason):
        await add_progress(tx, order_id, Progress(disputes=1))
        data = {"dispute_id": dispute_id, "amount": amount, "reason": reason}
        await append_event(tx, order_id, "disputed", data)


async def record_dispute_closed(tx: WriteTx, order_id: UUID, dispute_id: str, amount: int, outcome: str) -> None:
    """It was won or lost. A lost one may be won later: that is noted, too."""
    if await lock_order(tx, order_id) is None:
        _log.error("order.unknown", order_id=order_id, reason="dispute")
        return
    was_open, changed = await disputes.closed(tx, dispute_id, order_id, amount, outcome)
    if was_open:
        await add_progress(tx, order_id, Progress(disputes=-1))
    if changed:
        data = {"dispute_id": dispute_id, "amount": amount, "outcome": outcome}
        await append_event(tx, order_id, "dispute_closed", data)
