"""Repeat erasures for two days: what was on its way when a person was erased is erased, too, such as an order that was
placed with a token that was still valid. After a restore all of them are repeated.
"""

from __future__ import annotations

from chassis import telemetry
from chassis.db import in_batches
from orders.context import OrdersContext
from orders.privacy.domain.person import Person
from orders.privacy.problems import ErasureBlocked
from orders.privacy.store import erasing, erasures
from orders.privacy.store.erasures import ANY_REPEATED, Erasure
from orders.privacy.usecases.erase_person import erase_person
from orders.privacy.usecases.open_matters import FIRST

__all__ = ["ANY_REPEATED", "forget_erasures", "repeat_erasures"]
AT_ONCE = 100
FORGET_AT_ONCE = 500
_log = telemetry.logger(__name__)


async def repeat_erasures(ctx: OrdersContext) -> None:
    """Raises Unavailable: payments does not answer; the next run goes on."""
    last = FIRST
    while True:
        async with ctx.db.read() as tx:
            found = await erasures.repeated(tx, last, AT_ONCE)
        for erasure in found:
            await _again(ctx, erasure)
        if len(found) < AT_ONCE:
            break
        last = found[-1].subject
    async with ctx.db.write_one() as tx:
        await erasing.erase_answers(tx)


async def _again(ctx: OrdersContext, erasure: Erasure) -> None:
    account = erasure.kind == "account"
    person = Person(account_id=erasure.subject) if account else Person(order_ids=(erasure.subject,))
    try:
        left = await erase_person(ctx, person)
    except ErasureBlocked:
        _log.warning("erasure.waits", object_id=str(erasure.subject))
        left = 1
    if left:
        async with ctx.db.write_one() as tx:
            await erasures.repeat_longer(tx, erasure.subject)


async def forget_erasures(ctx: OrdersContext) -> None:
    """That somebody was erased is kept for ten years."""
    await in_batches(ctx.db, erasures.forget, FORGET_AT_ONCE)
