"""Discounts for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from chassis.problems import Invalid, NotFound, responses
from chassis.web import (
    IDEMPOTENCY_PROBLEMS,
    IdempotencyKey,
    IdempotentResponse,
    Model,
    Page,
    Paged,
    bodies,
    idempotent,
    pagination,
)
from orders.context import Ctx
from orders.pricing.api.shipping import Reader, Writer
from orders.pricing.discounts.api.models import (
    DiscountChange,
    DiscountDetail,
    DiscountView,
    NewDiscount,
    ShownStatus,
)
from orders.pricing.discounts.problems import DiscountArchived, DiscountUsed
from orders.pricing.discounts.usecases.end_discount import delete_discount, set_status
from orders.pricing.discounts.usecases.keep_discount import change_discount, create_discount
from orders.pricing.discounts.usecases.show_discounts import list_discounts, show_discount
from orders.pricing.problems import RuleChanged, TooManyRules

PREFIX = "/api/v1/admin/discounts"
router = APIRouter(prefix=PREFIX, tags=["staff: discounts"])


class StatusChange(Model):
    """What a discount is to be; archived for good."""

    status: Literal["active", "disabled", "archived"] = Field(description="As it is to be", examples=["disabled"])


@router.post(
    "",
    summary="Make a discount",
    operation_id="create_discount",
    status_code=201,
    response_model=DiscountView,
    responses=responses(Invalid, TooManyRules, *IDEMPOTENCY_PROBLEMS),
)
@bodies.limited_to(keys=2_000)
async def create(new: NewDiscount, ctx: Ctx, who: Writer, key: IdempotencyKey) -> Response:
    """It counts at once, or from its start on; one that is not automatic, once it has a code."""

    async def work(operation_id: UUID) -> IdempotentResponse:
        made = await create_discount(ctx, new.discount(operation_id, automatic=new.automatic))
        return IdempotentResponse(201, DiscountView.of(made), {"Location": f"{PREFIX}/{operation_id}"})

    return await idempotent(ctx, scope=f"discounts.create:{who.account_id}", key=key, request=new, work=work)


@router.get("", summary="Discounts, newest first", operation_id="list_discounts")
async def list_all(
    ctx: Ctx,
    _who: Reader,
    page: Paged,
    status: Annotated[ShownStatus | None, Query(description="Only those that are so now")] = None,
    automatic: Annotated[bool | None, Query(description="Only those without, or with, codes")] = None,
    code: Annotated[str | None, Query(max_length=100, description="Only the one that has this code")] = None,
) -> Page[DiscountView]:
    """With the number of their uses where that is limited."""
    before = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None
    found = await list_discounts(ctx, before, page.limit + 1, status=status, automatic=automatic, code=code)
    shown = found[: page.limit]
    cursor = pagination.encode((shown[-1].discount.id,)) if len(found) > page.limit else None
    return Page(items=[DiscountView.of(each) for each in shown], next_cursor=cursor)


@router.get(
    "/{discount_id}",
    summary="A discount, and how it was used",
    operation_id="read_discount",
    responses=responses(NotFound),
)
async def read(discount_id: UUID, ctx: Ctx, _who: Reader) -> DiscountDetail:
    """The figures are counted now."""
    return DiscountDetail.whole(*await show_discount(ctx, discount_id))


@router.put(
    "/{discount_id}",
    summary="Change a discount",
    operation_id="change_discount",
    responses=responses(Invalid, NotFound, RuleChanged, DiscountArchived),
)
@bodies.limited_to(keys=2_000)
async def change(discount_id: UUID, wish: DiscountChange, ctx: Ctx, _who: Writer) -> DiscountView:
    """The whole of it. Orders that are placed keep what they got. `max_uses` cannot go below the uses so far."""
    wanted = wish.discount(discount_id, automatic=True)
    return DiscountView.of(await change_discount(ctx, discount_id, wish.version, wanted))


@router.put(
    "/{discount_id}/status",
    summary="Switch a discount off or on, or archive it",
    operation_id="set_discount_status",
    responses=responses(NotFound, DiscountArchived),
)
async def put_status(discount_id: UUID, wish: StatusChange, ctx: Ctx, _who: Writer) -> DiscountView:
    """An archived one stays archived. Its codes stay its own."""
    return DiscountView.of(await set_status(ctx, discount_id, wish.status))


@router.delete(
    "/{discount_id}",
    status_code=204,
    summary="Delete a discount that was never used",
    operation_id="delete_discount",
    responses=responses(NotFound, DiscountUsed),
)
async def delete(discount_id: UUID, ctx: Ctx, _who: Writer) -> None:
    """With its codes, which another may have then. What was used is archived."""
    await delete_discount(ctx, discount_id)
