"""Send a draft: it becomes an order of its own id, whose stock is held, and its customer gets a link to pay it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from chassis import audit
from chassis.db import WriteTx
from chassis.problems import FieldError, Invalid, Problem
from chassis.resilience import failpoints
from chassis.values import Money
from orders.checkout import CustomerOrder, Fact, Order, find_order, place_for_customer, stock_refusal
from orders.context import OrdersContext
from orders.drafts.domain.draft import Draft, DraftStatus
from orders.drafts.problems import DraftChanged
from orders.drafts.store import drafts
from orders.drafts.usecases.keep_drafts import known_draft, not_so, show_draft
from orders.drafts.usecases.mail_pay_link import PAY_LINK, PayLink
from orders.payment_methods import DAY
from orders.problems import OutOfStock

# The stock is mostly held, and the payment open, by then: else the job waits longer.
_MAILED_AFTER = timedelta(seconds=1)
_MISSING = {"email": "Say where the link to pay goes", "lines": "Put something into it first"}


@dataclass(frozen=True, slots=True)
class SendWish:
    """What staff were shown: the draft's version, and what it costs."""

    version: int
    expected_total: Money


async def send_draft(ctx: OrdersContext, draft_id: UUID, wish: SendWish, staff: UUID) -> Order:
    """The order. Of a draft that was sent it is the same one, whoever asks again.

    Raises:
        NotFound, DraftChanged. Invalid: something is missing. OutOfStock: with each line that is short; and what
        place_for_customer raises. Nothing is written then, but where stock ran out at the last moment: that order has
        ended, and its draft with it.
    """
    draft = await show_draft(ctx, draft_id)
    if draft.status is DraftStatus.OPEN:
        _check(draft, wish)
    asked = CustomerOrder(
        order_id=draft.id,
        by_staff=staff,
        account_id=draft.fields.account_id,
        request=draft.fields.request(wish.expected_total),
        hold_seconds=ctx.settings.draft_hold_days * DAY,
        first=partial(_mark, ctx, draft, staff),
    )
    try:
        order = await place_for_customer(ctx, asked)
    except Problem:
        # Another has sent it meanwhile: that comes before a refusal, which may be for what their order holds.
        async with ctx.db.read() as tx:
            sent = await find_order(tx, draft_id)
        if sent is None:
            raise
        order = sent
    await failpoints.point("drafts.placed")
    await _there(ctx, order)
    return order


def _check(draft: Draft, wish: SendWish) -> None:
    if draft.version != wish.version:
        raise DraftChanged(f"It is of version {draft.version} now.", version=draft.version)
    errors = [FieldError(name, _MISSING[name], "missing") for name in draft.fields.missing]
    if errors:
        raise Invalid("See `errors` for what the draft lacks.", errors=errors)


async def _mark(ctx: OrdersContext, draft: Draft, staff: UUID, tx: WriteTx) -> None:
    """In the transaction that writes the order: the draft is as it was priced, or nothing is written."""
    if await drafts.mark_sent(tx, draft.id, draft.version, staff):
        await ctx.jobs.enqueue(tx, PAY_LINK, PayLink(draft.id, draft.fields.note), _MAILED_AFTER)
        await audit.record(tx, "draft.sent", f"draft:{draft.id}")
        await failpoints.point("drafts.marked")
    elif (await known_draft(tx, draft.id)).status is DraftStatus.OPEN:
        raise await not_so(tx, draft.id)


async def _there(ctx: OrdersContext, order: Order) -> None:
    """Raises OutOfStock where its stock was gone once it was written."""
    if order.cancel_reason == "out_of_stock":
        async with ctx.db.read() as tx:
            refusal = await stock_refusal(tx, order.id, Fact.OUT_OF_STOCK)
        raise OutOfStock("Make another draft, of less.", lines=(refusal or {}).get("lines", []))
