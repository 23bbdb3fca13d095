"""Codes of discounts for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from chassis.problems import Invalid, NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, Page, Paged, idempotent, pagination
from orders.context import Ctx
from orders.pricing.api.shipping import Reader, Writer
from orders.pricing.discounts.api.admin import PREFIX
from orders.pricing.discounts.api.code_models import CodeChange, CodesAdded, CodeView, DrawnCodes, NewCodes
from orders.pricing.discounts.domain.codes import MAX_TYPED
from orders.pricing.discounts.problems import CodeTaken, DiscountArchived, TooManyCodes
from orders.pricing.discounts.usecases.add_codes import add_codes, draw_codes
from orders.pricing.discounts.usecases.show_codes import export_codes, list_codes, set_disabled

codes = APIRouter(prefix=PREFIX + "/{discount_id}", tags=["staff: discounts"])
Code = Annotated[str, Path(max_length=MAX_TYPED, description="In any case", examples=["SUMMER24"])]
_TEXT = {"text/csv": {"schema": {"type": "string"}}}
_CSV: dict[int | str, dict[str, Any]] = {200: {"description": "A line a code", "content": _TEXT}}


@codes.post(
    "/codes",
    status_code=201,
    summary="Add codes",
    operation_id="add_discount_codes",
    responses=responses(Invalid, NotFound, CodeTaken, TooManyCodes, DiscountArchived),
)
async def add(discount_id: UUID, new: NewCodes, ctx: Ctx, _who: Writer) -> CodesAdded:
    """All or none. Those that it has already stay as they are and are not counted."""
    unique = list(dict.fromkeys(new.codes))
    return CodesAdded(count=await add_codes(ctx, discount_id, unique, once=new.once))


@codes.post(
    "/codes/drawn",
    status_code=201,
    summary="Draw many codes",
    operation_id="draw_discount_codes",
    response_model=CodesAdded,
    responses=responses(Invalid, NotFound, TooManyCodes, DiscountArchived, *IDEMPOTENCY_PROBLEMS),
)
async def draw(discount_id: UUID, wish: DrawnCodes, ctx: Ctx, who: Writer, key: IdempotencyKey) -> Response:
    """At random, 4.9 bits a sign, without signs that look like others. The export lists them by `batch`."""

    async def work(operation_id: UUID) -> IdempotentResponse:
        count = await draw_codes(ctx, discount_id, wish.drawing, operation_id)
        return IdempotentResponse(201, CodesAdded(count=count, batch=operation_id))

    asked = [discount_id, wish]
    return await idempotent(ctx, scope=f"discounts.draw:{who.account_id}", key=key, request=asked, work=work)


@codes.get(
    "/codes", summary="The codes of a discount", operation_id="list_discount_codes", responses=responses(NotFound)
)
async def list_of(discount_id: UUID, ctx: Ctx, _who: Reader, page: Paged) -> Page[CodeView]:
    """In the order of their signs."""
    after = pagination.decode(page.cursor, tuple[str])[0] if page.cursor else ""
    found = await list_codes(ctx, discount_id, after, page.limit + 1)
    shown = found[: page.limit]
    cursor = pagination.encode((shown[-1].code,)) if len(found) > page.limit else None
    return Page(items=[CodeView.of(each) for each in shown], next_cursor=cursor)


@codes.get(
    "/codes.csv",
    summary="The codes of a discount as CSV",
    operation_id="read_discount_codes_file",
    response_class=Response,
    responses={**responses(NotFound), **_CSV},
)
async def export(
    discount_id: UUID,
    ctx: Ctx,
    _who: Reader,
    batch: Annotated[UUID | None, Query(description="Only those of one drawing")] = None,
) -> Response:
    """All of them, at most 100,000. No cell begins as a formula does."""
    text = await export_codes(ctx, discount_id, batch)
    headers = {"Content-Disposition": f'attachment; filename="codes-{discount_id}.csv"', "Cache-Control": "no-store"}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@codes.put(
    "/codes/{code}",
    status_code=204,
    summary="Switch a code off, or on again",
    operation_id="change_discount_code",
    responses=responses(NotFound),
)
async def put_code(discount_id: UUID, code: Code, wish: CodeChange, ctx: Ctx, _who: Writer) -> None:
    """Orders that used it keep what they got."""
    await set_disabled(ctx, discount_id, code, disabled=wish.disabled)
