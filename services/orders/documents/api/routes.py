"""Documents of an order, for its owner.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.problems import NotFound, Unavailable, responses
from orders.checkout import owned_order
from orders.context import Ctx
from orders.documents.api.answers import PDF, pdf_response
from orders.documents.api.models import Documents
from orders.documents.usecases.show_documents import document_pdf, documents_of
from orders.shoppers import LOOKUP, LOOKUP_ADDRESS, MISSES, CurrentViewer

router = APIRouter(prefix="/api/v1/orders", tags=["orders"], dependencies=[LOOKUP_ADDRESS, LOOKUP, MISSES])


@router.get(
    "/{order_id}/documents",
    summary="Invoice and credit notes of an order",
    operation_id="list_own_documents",
    responses=responses(NotFound),
)
async def list_own(order_id: UUID, ctx: Ctx, viewer: CurrentViewer, response: Response) -> Documents:
    """Of the signed-in account; a guest's by `Order-Token`. The invoice is there some seconds after the payment."""
    await owned_order(ctx, viewer, order_id)
    response.headers["Cache-Control"] = "private, no-store"
    return Documents.of(await documents_of(ctx, order_id))


@router.get(
    "/{order_id}/documents/{document_id}.pdf",
    summary="A document as PDF",
    operation_id="read_own_document",
    response_class=Response,
    responses={**PDF, **responses(NotFound, Unavailable)},
)
async def read_own(order_id: UUID, document_id: UUID, ctx: Ctx, viewer: CurrentViewer) -> Response:
    """In the order's language. The same bytes each time."""
    await owned_order(ctx, viewer, order_id)
    document, content = await document_pdf(ctx, order_id, document_id, shopper=True)
    return pdf_response(document.number, content)
