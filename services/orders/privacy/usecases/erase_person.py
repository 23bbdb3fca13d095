"""Erase a person: their orders one after the other, then what they have without an order.

It is written down first that they are erased, so that what is on its way, or is left by a process that died, is erased
by orders.repeat_erasures. Each order is erased at payments, and then here, in a transaction of its own.
"""

from __future__ import annotations

from uuid import UUID

from chassis import audit, telemetry
from chassis.resilience import failpoints
from orders.checkout import append_event, lock_order
from orders.context import OrdersContext
from orders.privacy import metrics, payments_calls
from orders.privacy.domain.person import Person
from orders.privacy.mail_jobs import MAIL_JOBS
from orders.privacy.problems import ErasureBlocked
from orders.privacy.store import erasing, erasures
from orders.privacy.usecases.open_matters import FIRST, open_matters, refuse_open

AT_ONCE = 50
_log = telemetry.logger(__name__)


async def erase_person(ctx: OrdersContext, person: Person, erasure_id: UUID | None = None) -> int:
    """How many orders were erased; the second time none.

    Raises:
        ErasureBlocked: something is open; what came before it is erased. Unavailable: payments does not answer.
    """
    reasons = await open_matters(ctx, person)
    if reasons:
        metrics.blocked.inc()
        raise ErasureBlocked("See `reasons`.", reasons=reasons)
    async with ctx.db.write() as tx:
        if person.account_id is not None:
            await erasures.note(tx, [person.account_id], "account", erasure_id)
        elif person.order_ids:
            await erasures.note(tx, list(person.order_ids), "order", erasure_id)
    erased = 0
    while True:
        async with ctx.db.read() as tx:
            order_ids = await erasures.orders_of(tx, person, FIRST, AT_ONCE)
        if not order_ids:
            break
        erased += await _some(ctx, order_ids)
    async with ctx.db.write() as tx:
        if person.account_id is not None:
            await erasing.erase_account(tx, person.account_id)
        if erased:
            await erasing.erase_answers(tx)
    return erased


async def _some(ctx: OrdersContext, order_ids: list[UUID]) -> int:
    await payments_calls.erase(ctx, order_ids)
    await failpoints.point("erasure.payments_erased")
    erased = 0
    for order_id in order_ids:
        erased += await _one(ctx, order_id)
        await failpoints.point("erasure.order_erased")
    return erased


async def _one(ctx: OrdersContext, order_id: UUID) -> bool:
    async with ctx.db.write() as tx:
        order = await lock_order(tx, order_id)
        if order is None or order.erased:
            return False
        # Looked at again under the lock: a refund or a return may have begun.
        await refuse_open(tx, Person(order_ids=(order_id,)))
        await erasing.erase_order(tx, order_id, order.account_id, MAIL_JOBS)
        await erasing.seal_documents(tx, order_id, ctx.settings.document_keep_years)
        await append_event(tx, order_id, "erased")
        await audit.record(tx, "order.erased", f"order:{order_id}")
        tx.after_commit(metrics.erased.inc)
    # The log is kept apart from the database: after a restore it says whose order was erased since.
    _log.info("order.erased", order_id=order_id)
    return True
