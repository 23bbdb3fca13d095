"""A return under the lock of its order, and what is written when it moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.db import WriteTx
from chassis.problems import NotFound
from orders.checkout import Order, append_event
from orders.context import OrdersContext
from orders.fulfilment import locked_order
from orders.mails import MailFacts, enqueue_mail
from orders.returns import metrics
from orders.returns.domain.return_state import ReturnStatus, ReturnStep, after
from orders.returns.problems import ReturnNotChangeable
from orders.returns.store import returns
from orders.returns.store.returns import Return

# What is inspected at once has been received.
_MAILS = {
    ReturnStatus.APPROVED: "return_approved",
    ReturnStatus.REFUSED: "return_refused",
    ReturnStatus.RECEIVED: "return_received",
    ReturnStatus.INSPECTED: "return_received",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: a member of staff, or the shopper whose order it is (None: a guest)."""

    account_id: UUID | None
    staff: bool


async def locked_return(tx: WriteTx, order_id: UUID, return_id: UUID) -> tuple[Order, Return]:
    """The order, locked, and its return. Raises NotFound."""
    order = await locked_order(tx, order_id)
    found = await returns.find(tx, order_id, return_id)
    if found is None:
        raise NotFound(f"There is no return {return_id} of this order.")
    return order, found


def next_status(found: Return, step: ReturnStep) -> ReturnStatus:
    """The status after a step. Raises ReturnNotChangeable."""
    status = after(found.status, step)
    if status is None:
        raise ReturnNotChangeable(f"The return is {found.status.value}.", return_status=found.status.value)
    return status


async def tell(
    ctx: OrdersContext, tx: WriteTx, moved: Return, actor: Actor, data: Mapping[str, Any] | None = None
) -> int:
    """Write where a return has come to: into the order's history and, of staff, the audit log; with a mail. The number
    of the entry.
    """
    kind = f"return_{moved.status.value}"
    told = {"return_id": str(moved.id), "number": moved.number, **(data or {})}
    version = await append_event(tx, moved.order_id, kind, told, actor=actor.account_id)
    if actor.staff:
        await audit.record(tx, f"return.{moved.status.value}", f"order:{moved.order_id}", after={"return": moved.id})
    await _mail(ctx, tx, moved)
    tx.after_commit(partial(metrics.returns.inc, moved.status.value))
    return version


async def _mail(ctx: OrdersContext, tx: WriteTx, moved: Return) -> None:
    mail = _MAILS.get(moved.status)
    looked_at_later = moved.status is ReturnStatus.INSPECTED and moved.inspected_at != moved.received_at
    if mail is None or looked_at_later:
        return
    arrived = moved.received_at is not None
    pieces = tuple((line.position, line.came if arrived else line.quantity) for line in moved.lines)
    facts = MailFacts(pieces=pieces, note=None if arrived else moved.answer, at=moved.moved_at)
    await enqueue_mail(ctx, tx, moved.order_id, mail, moved.id, facts)
