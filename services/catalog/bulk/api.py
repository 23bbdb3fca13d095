"""Endpoints for staff: edits of many products.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from catalog.api.hot import TAG
from catalog.bulk.domain import Planned
from catalog.bulk.models import EditedProducts, ProductsEdit
from catalog.bulk.usecases.edit_products import edit_products, preview_product_edit
from catalog.context import Ctx
from chassis.auth import Principal, require
from chassis.problems import responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse
from chassis.web.idempotency import Claim, as_response

router = APIRouter(prefix="/api/v1/admin/products/edits", tags=["staff: catalog"])
Writer = Annotated[Principal, Depends(require("catalog:write"))]


@router.post(
    "",
    summary="Edit several products",
    operation_id="edit_products",
    response_model=EditedProducts,
    responses=responses(*IDEMPOTENCY_PROBLEMS),
)
async def edit(body: ProductsEdit, ctx: Ctx, who: Writer, key: IdempotencyKey) -> Response:
    """Sets status, vendor and type, adds and takes away tags, raises and lowers prices, puts into collections by hand
    and takes out of them. Each product is done wholly or not at all, and `items` say what became of it.
    """
    mine = Claim.of(f"products.edit:{who.account_id}", key, body)

    def answer(planned: Sequence[Planned]) -> Response:
        return as_response(IdempotentResponse(200, EditedProducts.of(planned, body.currency)))

    response = await edit_products(ctx, mine, body.rows, body.changes.wish, answer)
    await ctx.cache.invalidate(TAG)
    return response


@router.post("/previews", summary="See what an edit of products would do", operation_id="preview_product_edit")
async def preview(body: ProductsEdit, ctx: Ctx, _who: Writer) -> EditedProducts:
    """To the products as they are now; nothing is written. Send `version` of each with the edit, so that none is
    changed that has become another one since.
    """
    return EditedProducts.of(await preview_product_edit(ctx, body.rows, body.changes.wish), body.currency)
