"""Erase again, after a database went back in time, whoever was erased since.

Payments has kept the orders that it was told to erase, and the accounts; its own database may have gone back as well,
so it is told of every order that is erased here.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from orders.context import OrdersContext
from orders.privacy import payments_calls
from orders.privacy.store import erasures
from orders.privacy.usecases.open_matters import FIRST
from orders.privacy.usecases.repeat_erasures import repeat_erasures

REPLAY = "orders.replay_erasures"
AT_ONCE = 100
_NOTED_AT_ONCE = 500


class Replay(msgspec.Struct, frozen=True):
    """The payload of the job: the moment that the database went back to."""

    restored_to: datetime


async def enqueue_replay(ctx: OrdersContext, restored_to: datetime) -> None:
    """Have all erasures that are known here repeated, and the others' looked up, once payments serves."""
    while True:
        async with ctx.db.write() as tx:
            if await erasures.repeat_all(tx, _NOTED_AT_ONCE) < _NOTED_AT_ONCE:
                await ctx.jobs.enqueue(tx, REPLAY, Replay(restored_to))
                return


async def replay_erasures(ctx: OrdersContext, _job: Replay) -> None:
    """Raises Unavailable: payments does not answer; the job is tried again."""
    await _take_over(ctx)
    await _tell(ctx)
    await repeat_erasures(ctx)


async def _take_over(ctx: OrdersContext) -> None:
    """Keep the erasures that payments knows of, as this service's own."""
    after: UUID | None = None
    while True:
        page = await payments_calls.erasures_after(ctx, after)
        async with ctx.db.write() as tx:
            for kind in ("account", "order"):
                subjects = sorted(each.subject for each in page.erasures if each.kind == kind)
                await erasures.note(tx, subjects, kind)
        after = page.next
        if after is None:
            return


async def _tell(ctx: OrdersContext) -> None:
    """Have all orders that are erased here erased at payments."""
    last = FIRST
    while True:
        async with ctx.db.read() as tx:
            order_ids = await erasures.erased_orders(tx, last, AT_ONCE)
        if not order_ids:
            return
        await payments_calls.erase(ctx, order_ids)
        last = order_ids[-1]
