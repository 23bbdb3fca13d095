"""Endpoint for staff: products as CSV.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from catalog.context import Ctx
from catalog.domain.products import ProductStatus
from catalog.exporting.usecases.audit_export import audit_export
from catalog.exporting.usecases.export_products import export_products
from chassis.auth import Principal, require
from chassis.web import PriceCurrency

router = APIRouter(prefix="/api/v1/admin/products", tags=["staff: catalog"])
Reader = Annotated[Principal, Depends(require("catalog:read"))]
_TEXT = {"text/csv": {"schema": {"type": "string"}}}
_CSV: dict[int | str, dict[str, Any]] = {200: {"description": "A row a variant or image", "content": _TEXT}}


@router.get(
    "/export.csv",
    summary="Products as CSV",
    operation_id="read_products_file",
    response_class=Response,
    responses=_CSV,
)
async def export(
    ctx: Ctx,
    _staff: Reader,
    currency: Annotated[
        PriceCurrency | None,
        Query(description="Of the prices in the file; the shop's own if it is left out", examples=["EUR"]),
    ] = None,
    status: Annotated[
        ProductStatus | None, Query(description="Products in this status alone", examples=["active"])
    ] = None,
) -> Response:
    """In the columns of Shopify's export, the oldest product first, with the variants that are sold. Imported again as
    it is, the file changes nothing; into an empty shop, it makes the same products. No cell of a text begins as a
    formula does: an apostrophe stands before it, which the import takes off.

    Not in it: prices in other currencies, sales, collections, categories, and variants that were retired.
    """
    wanted = currency or ctx.settings.currency
    await audit_export(ctx, wanted, status)
    name = f"products-{wanted.lower()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(
        export_products(ctx, wanted, status), media_type="text/csv; charset=utf-8", headers=headers
    )
