"""Draft orders, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from chassis import audit
from chassis.auth import Principal, require
from chassis.problems import Invalid, NotFound, RateLimited, Unavailable, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, Page, Paged, idempotent, pagination
from orders import problems as checkout_problems
from orders.checkout import StaffOrderView
from orders.context import Ctx
from orders.drafts import problems
from orders.drafts.api.models import DraftPrice, DraftView
from orders.drafts.api.requests import DraftChange, NewDraft, SendRequest
from orders.drafts.domain.draft import DraftStatus
from orders.drafts.usecases import keep_drafts
from orders.drafts.usecases.price_draft import price_draft
from orders.drafts.usecases.send_draft import send_draft
from orders.pricing import ShippingNotOffered, discounts

router = APIRouter(prefix="/api/v1/admin/drafts", tags=["staff: orders"])
Reader = Annotated[Principal, Depends(require("orders:read"))]
Writer = Annotated[Principal, Depends(require("orders:write"))]
OfVersion = Annotated[int, Query(ge=1, le=2_147_483_647, description="The one that was read", examples=[1])]


@router.get("", summary="Draft orders, newest first", operation_id="list_drafts")
async def list_all(
    ctx: Ctx,
    _staff: Reader,
    page: Paged,
    status: Annotated[DraftStatus | None, Query(description="Left out: all of them", examples=["open"])] = None,
) -> Page[DraftView]:
    """What nobody has changed for DRAFT_KEEP_DAYS is deleted; orders that came of it stay."""
    before = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None
    found = await keep_drafts.list_drafts(ctx, status, before, page.limit + 1)
    shown = found[: page.limit]
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "drafts.read", after={"drafts": [draft.id for draft in shown]})
    cursor = pagination.encode((shown[-1].id,)) if len(found) > page.limit else None
    return Page(items=[DraftView.of(draft) for draft in shown], next_cursor=cursor)


@router.post(
    "",
    status_code=201,
    summary="Draft an order",
    operation_id="create_draft",
    response_model=DraftView,
    responses=responses(
        *IDEMPOTENCY_PROBLEMS,
        Invalid,
        problems.TooManyDrafts,
    ),
)
async def create(body: NewDraft, key: IdempotencyKey, ctx: Ctx, staff: Writer) -> Response:
    """For a customer who is to pay it. No stock is held and no price is kept until it is sent."""

    async def work(draft_id: UUID) -> IdempotentResponse:
        draft = await keep_drafts.create_draft(ctx, draft_id, body.fields, staff.account_id)
        return IdempotentResponse(201, DraftView.of(draft), {"Location": f"/api/v1/admin/drafts/{draft_id}"})

    return await idempotent(ctx, scope=f"drafts.create:{staff.account_id}", key=key, request=body, work=work)


@router.get("/{draft_id}", summary="A draft order", operation_id="read_draft", responses=responses(NotFound))
async def read(draft_id: UUID, ctx: Ctx, _staff: Reader) -> DraftView:
    """With the order that it became, if it was sent."""
    found = DraftView.of(await keep_drafts.show_draft(ctx, draft_id))
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "draft.read", f"draft:{draft_id}")
    return found


@router.put(
    "/{draft_id}",
    summary="Change a draft order",
    operation_id="replace_draft",
    responses=responses(NotFound, Invalid, problems.DraftChanged, problems.DraftSent),
)
async def replace(draft_id: UUID, body: DraftChange, ctx: Ctx, _staff: Writer) -> DraftView:
    """All of its fields. `draft-changed`: somebody was faster, read it again."""
    return DraftView.of(await keep_drafts.change_draft(ctx, draft_id, body.version, body.fields))


@router.delete(
    "/{draft_id}",
    status_code=204,
    summary="Delete a draft order",
    operation_id="delete_draft",
    responses=responses(NotFound, problems.DraftChanged, problems.DraftSent),
)
async def delete(draft_id: UUID, version: OfVersion, ctx: Ctx, _staff: Writer) -> None:
    """One that was not sent. An order is ended by POST /api/v1/admin/orders/{order_id}/cancel."""
    await keep_drafts.delete_draft(ctx, draft_id, version)


@router.post(
    "/{draft_id}/price",
    summary="What a draft costs",
    operation_id="price_draft",
    responses=responses(NotFound, Unavailable, RateLimited),
)
async def price(draft_id: UUID, ctx: Ctx, staff: Writer) -> DraftPrice:
    """By the prices, rules and stock of this moment, with what stands in the way of sending it. Nothing is written."""
    return DraftPrice.of(await price_draft(ctx, draft_id, staff.account_id))


@router.post(
    "/{draft_id}/send",
    summary="Send a draft order to its customer",
    operation_id="send_draft",
    responses=responses(
        *(NotFound, Invalid, Unavailable, problems.DraftChanged, checkout_problems.OutOfStock),
        *(checkout_problems.UnknownVariant, checkout_problems.PriceChanged, checkout_problems.TotalNotPayable),
        *(
            checkout_problems.PaymentMethodNotOffered,
            checkout_problems.DiscountRejected,
            discounts.DiscountUsedUp,
            ShippingNotOffered,
        ),
    ),
)
async def send(draft_id: UUID, body: SendRequest, ctx: Ctx, staff: Writer) -> StaffOrderView:
    """It becomes an order of the same id, at the price of now, its stock held for DRAFT_HOLD_DAYS; its customer gets a
    mail with a link to pay it. Sent again, it answers the same order.

    The mail again: POST /api/v1/admin/orders/{order_id}/mails, kind `payment_link`. To end it: POST
    /api/v1/admin/orders/{order_id}/cancel. Mark it as paid: POST /api/v1/admin/orders/{order_id}/receipts.
    """
    return StaffOrderView.of(await send_draft(ctx, draft_id, body.wish, staff.account_id))
