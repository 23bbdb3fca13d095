"""Documents of any order, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from chassis import audit
from chassis.auth import Principal, require
from chassis.problems import NotFound, Unavailable, responses
from orders.context import Ctx
from orders.documents.api.answers import PDF, pdf_response
from orders.documents.api.models import Documents
from orders.documents.usecases.show_documents import document_pdf, documents_of, order_slip_pdf

router = APIRouter(prefix="/api/v1/admin/orders", tags=["staff: orders"])
Reader = Annotated[Principal, Depends(require("orders:read"))]


@router.get("/{order_id}/documents", summary="Invoice and credit notes of an order", operation_id="list_documents")
async def list_all(order_id: UUID, ctx: Ctx, _staff: Reader, response: Response) -> Documents:
    """None of an order that is not there, or not paid."""
    found = Documents.of(await documents_of(ctx, order_id))
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "order.documents_read", f"order:{order_id}")
    response.headers["Cache-Control"] = "private, no-store"
    return found


@router.get(
    "/{order_id}/documents/{document_id}.pdf",
    summary="A document of an order as PDF",
    operation_id="read_document",
    response_class=Response,
    responses={**PDF, **responses(NotFound, Unavailable)},
)
async def read(order_id: UUID, document_id: UUID, ctx: Ctx, _staff: Reader) -> Response:
    """As its customer gets it."""
    document, content = await document_pdf(ctx, order_id, document_id)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "order.document_read", f"order:{order_id}", after={"number": document.number})
    return pdf_response(document.number, content)


@router.get(
    "/{order_id}/packing-slip.pdf",
    summary="A packing slip of all that an order sends",
    operation_id="read_packing_slip",
    response_class=Response,
    responses={**PDF, **responses(NotFound, Unavailable)},
)
async def read_slip(order_id: UUID, ctx: Ctx, _staff: Reader) -> Response:
    """Without prices, in the order's language."""
    order, content = await order_slip_pdf(ctx, order_id)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "order.packing_slip_read", f"order:{order_id}")
    return pdf_response(f"{order.number}-packing-slip", content)
