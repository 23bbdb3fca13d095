"""Endpoints of the stockroom.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from catalog.api.schemas.public import Sku
from catalog.context import Ctx
from catalog.stockroom.domain import Planned
from catalog.stockroom.models import EditedStocks, LowStock, LowStocks, StockEdit, StockMovement, StockMovements
from catalog.stockroom.usecases.edit_stock import edit_stock, preview_stock_edit
from catalog.stockroom.usecases.list_low_stock import list_low_stock
from catalog.stockroom.usecases.list_movements import list_movements
from chassis.auth import Principal, require
from chassis.problems import NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, Paged
from chassis.web.idempotency import Claim, as_response

router = APIRouter(prefix="/api/v1/admin/stockroom", tags=["staff: catalog"])
Reader = Annotated[Principal, Depends(require("catalog:read"))]
Stockist = Annotated[Principal, Depends(require("stock:write"))]


@router.post(
    "/edits",
    summary="Edit the stock of several variants",
    operation_id="edit_stock",
    response_model=EditedStocks,
    responses=responses(*IDEMPOTENCY_PROBLEMS),
)
async def edit(body: StockEdit, ctx: Ctx, who: Stockist, key: IdempotencyKey) -> Response:
    """Counts, adds, takes away; sets from when on a variant is low, and whether it is sold on when none is left. Each
    row is done wholly or not at all, and `items` say what became of it.
    """
    mine = Claim.of(f"stock.edit:{who.account_id}", key, body)

    def answer(planned: Sequence[Planned]) -> Response:
        return as_response(IdempotentResponse(200, EditedStocks.of(list(planned))))

    return await edit_stock(
        ctx, mine, body.wishes, reason=body.reason, note=body.note, account_id=who.account_id, answer=answer
    )


@router.post("/edits/previews", summary="See what an edit of stock would do", operation_id="preview_stock_edit")
async def preview(body: StockEdit, ctx: Ctx, _who: Stockist) -> EditedStocks:
    """To the stock as it is now; nothing is written. A row of nothing but an SKU shows its stock."""
    return EditedStocks.of(await preview_stock_edit(ctx, body.wishes))


@router.get(
    "/movements",
    summary="The history of a variant's stock",
    operation_id="list_movements",
    responses=responses(NotFound),
)
async def history(
    ctx: Ctx, _who: Reader, page: Paged, sku: Annotated[Sku, Query(description="The variant's SKU")]
) -> StockMovements:
    """The newest first: each change of what is on the shelf, whoever made it. Their sum is what is there."""
    found, more = await list_movements(ctx, sku, page)
    return StockMovements(items=[StockMovement.of(each) for each in found], next_cursor=more)


@router.get("/low", summary="List what is running low", operation_id="list_low_stock")
async def low(ctx: Ctx, _who: Reader, page: Paged) -> LowStocks:
    """Variants of which no more can be sold than their `low_at`, of products that are not archived. A page looks at
    2,000 variants with a threshold at most: it may have fewer items than `limit`, and `next_cursor` goes on.
    """
    found, more = await list_low_stock(ctx, page)
    return LowStocks(items=[LowStock.of(each) for each in found], next_cursor=more)
