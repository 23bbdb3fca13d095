"""Metrics of documents."""

from __future__ import annotations

from chassis.telemetry import counter, histogram

KINDS = ("invoice", "credit_note", "reversal", "packing_slip")

issued = counter("orders_documents_issued", "Invoices, credit notes and reversals written", {"kind": KINDS[:3]})
failed = counter(
    "orders_documents_failed", "Invoices that were not written, as amounts do not add up: a person must look"
)
printed = counter(
    "orders_documents_printed",
    "Documents asked for as PDF",
    {"kind": KINDS, "outcome": ("printed", "failed", "busy")},
)
seconds = histogram(
    "orders_documents_print_seconds", "Time to draw a PDF, waiting included", None, (0.1, 0.25, 0.5, 1, 2, 5, 10)
)
