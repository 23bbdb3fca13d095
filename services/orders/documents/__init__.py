"""Invoices, credit notes and packing slips: numbered without a gap, never changed, drawn as PDF."""

from __future__ import annotations

from orders.documents.api.admin import router as staff_router
from orders.documents.api.answers import PDF, pdf_response
from orders.documents.api.routes import router
from orders.documents.domain.content import DocumentError
from orders.documents.domain.credit import Credit, CreditedLine
from orders.documents.domain.packing_slip import Slip
from orders.documents.printing.printer import Printer
from orders.documents.store.documents import ANY_UNINVOICED, Document, invoice_number
from orders.documents.usecases.issue_credit_note import issue_credit_note, reverse_credit_note
from orders.documents.usecases.issue_invoices import issue_invoices, issue_missing_invoices
from orders.documents.usecases.show_documents import packing_slip_pdf

__all__ = [
    "ANY_UNINVOICED",
    "PDF",
    "Credit",
    "CreditedLine",
    "Document",
    "DocumentError",
    "Printer",
    "Slip",
    "invoice_number",
    "issue_credit_note",
    "issue_invoices",
    "issue_missing_invoices",
    "packing_slip_pdf",
    "pdf_response",
    "reverse_credit_note",
    "router",
    "staff_router",
]
