"""What this service does later, and what it does again and again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chassis.db import in_batches
from chassis.jobs import JobTable
from chassis.shop_profile import REFRESH_SECONDS, refresh
from orders.carts import delete_expired_carts
from orders.checkout import (
    ANY_DUE,
    GIVE_UP,
    MAIL,
    NOTICE,
    RECONCILE,
    Mail,
    State,
    advance_order,
    forget_notices,
    give_up_unknown,
    reconcile_stock,
    sweep_orders,
)
from orders.checkout import forget_holds as forget_held
from orders.documents import ANY_UNINVOICED, issue_invoices, issue_missing_invoices
from orders.drafts import PAY_LINK, mail_pay_link
from orders.drafts import forget_drafts as forget_old_drafts
from orders.edits import MAIL_AGAIN, mail_again
from orders.fulfilment import PARCEL_MAIL, RESTOCK, mail_parcel, restock_pieces
from orders.joining import JOIN, join_orders
from orders.mails import (
    LINK,
    LOOK_UP,
    MAIL_ABOUT,
    forget_link_mails,
    look_up_order,
    mail_about,
    mail_link,
    send_mail,
    send_notice,
)
from orders.mails import forget_links as forget_order_links
from orders.privacy import (
    ANY_REPEATED,
    REPLAY,
    end_documents,
    forget_erasures,
    repeat_erasures,
    replay_erasures,
)
from orders.refunds import ANY_DUE as ANY_REFUND_DUE
from orders.refunds import sweep_refunds, write_missing_notes

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
jobs.task(MAIL_ABOUT)(mail_about)
jobs.task(GIVE_UP)(give_up_unknown)
jobs.task(RECONCILE)(reconcile_stock)
jobs.task(PARCEL_MAIL)(mail_parcel)
jobs.task(RESTOCK)(restock_pieces)
jobs.task(MAIL_AGAIN)(mail_again)
jobs.task(JOIN)(join_orders)
jobs.task(PAY_LINK)(mail_pay_link)
jobs.task(REPLAY)(replay_erasures)
jobs.every(seconds=3600, name="orders.repeat_erasures", when=ANY_REPEATED)(repeat_erasures)
jobs.every(seconds=86_400, name="orders.end_documents")(end_documents)
jobs.every(seconds=86_400, name="orders.forget_erasures")(forget_erasures)
jobs.every(seconds=3600, name="orders.forget_drafts")(forget_old_drafts)
jobs.every(seconds=REFRESH_SECONDS, name="orders.refresh_shop_profile")(refresh)
jobs.every(seconds=2, name="orders.sweep", when=ANY_DUE)(sweep_orders)
jobs.every(seconds=2, name="orders.sweep_refunds", when=ANY_REFUND_DUE)(sweep_refunds)
jobs.every(seconds=5, name="orders.issue_invoices", when=ANY_UNINVOICED)(issue_invoices)


@jobs.every(seconds=3600, name="orders.write_missing_documents")
async def write_missing_documents(ctx: Any) -> None:
    """What could not be written at once, as amounts did not add up then."""
    await issue_missing_invoices(ctx)
    await write_missing_notes(ctx)


@jobs.every(seconds=3600, name="orders.forget_carts")
async def forget_carts(ctx: Any) -> None:
    """Guests' carts are kept for 30 days after their last change, used ones for 30 days after their use."""
    await in_batches(ctx.db, delete_expired_carts, FORGET_AT_ONCE)


@jobs.every(seconds=3600, name="orders.forget_holds")
async def forget_holds(ctx: Any) -> None:
    """Who held what is kept for a day, and not beyond the payment; how many mails an address had, for that day."""
    await in_batches(ctx.db, forget_held, FORGET_AT_ONCE)
    await in_batches(ctx.db, forget_notices, FORGET_AT_ONCE)


@jobs.every(seconds=3600, name="orders.forget_links")
async def forget_links(ctx: Any) -> None:
    """When links were mailed is kept for a day, and how many a mailbox had for that day."""
    await in_batches(ctx.db, forget_order_links, FORGET_AT_ONCE)
    await in_batches(ctx.db, forget_link_mails, FORGET_AT_ONCE)
