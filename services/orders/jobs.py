"""What this service does later, and what it does again and again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chassis.db import in_batches
from chassis.jobs import JobTable
from orders.domain.order_state import State
from orders.store import carts, due, holds, links, notices
from orders.usecases.advance_order import advance_order
from orders.usecases.give_up_unknown import GIVE_UP, give_up_unknown
from orders.usecases.look_up_order import LINK, LOOK_UP, look_up_order
from orders.usecases.mail_link import mail_link
from orders.usecases.reconcile_stock import RECONCILE, reconcile_stock
from orders.usecases.record_fact import MAIL, Mail
from orders.usecases.report_holds import NOTICE, send_notice
from orders.usecases.send_mail import send_mail
from orders.usecases.sweep_orders import sweep_orders

FORGET_AT_ONCE = 500

jobs = JobTable()


class Advance(msgspec.Struct, frozen=True):
    """Go on with an order from the state that calls for it."""

    order_id: UUID
    state: State


# Of a replica of the version before: nobody enqueues it any more.
@jobs.task("orders.advance")
async def advance(ctx: Any, payload: Advance) -> None:
    """Go on with an order."""
    await advance_order(ctx, payload.order_id, payload.state)


@jobs.task(MAIL)
async def mail(ctx: Any, payload: Mail) -> None:
    """Send one mail about an order."""
    await send_mail(ctx, payload.order_id, payload.kind)


jobs.task(NOTICE)(send_notice)
jobs.task(LOOK_UP)(look_up_order)
jobs.task(LINK)(mail_link)
jobs.task(GIVE_UP)(give_up_unknown)
jobs.task(RECONCILE)(reconcile_stock)
jobs.every(seconds=2, name="orders.sweep", when=due.ANY_DUE)(sweep_orders)


@jobs.every(seconds=3600, name="orders.forget_carts")
async def forget_carts(ctx: Any) -> None:
    """Guests' carts are kept for 30 days after their last change, used ones for 30 days after their use."""
    await in_batches(ctx.db, carts.delete_expired, FORGET_AT_ONCE)


@jobs.every(seconds=3600, name="orders.forget_holds")
async def forget_holds(ctx: Any) -> None:
    """Who held what is kept for a day, and not beyond the payment; how many mails an address had, for that day."""
    await in_batches(ctx.db, holds.forget, FORGET_AT_ONCE)
    await in_batches(ctx.db, notices.forget, FORGET_AT_ONCE)


@jobs.every(seconds=3600, name="orders.forget_links")
async def forget_links(ctx: Any) -> None:
    """When links were mailed is kept for a day, and how many a mailbox had for that day."""
    await in_batches(ctx.db, links.forget_links, FORGET_AT_ONCE)
    await in_batches(ctx.db, links.forget_mails, FORGET_AT_ONCE)
