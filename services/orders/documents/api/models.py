"""Answers about documents."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from chassis.web import Model, MoneyModel
from orders.documents.store.documents import Document
from orders.fields import When


class DocumentView(Model):
    """An invoice, the credit note of a refund, or the reversal of one whose refund failed. It is never changed."""

    id: UUID
    kind: Literal["invoice", "credit_note", "reversal"] = Field(examples=["invoice"])
    number: str = Field(description="Gapless in its series", examples=["INV-2026-000042"])
    issued_at: When
    issued_on: date = Field(description="The day in the shop's time zone", examples=["2026-11-29"])
    language: str = Field(examples=["en"])
    total: MoneyModel = Field(description="Of a credit note: what is given back; of a reversal: what is not, after all")
    tax: MoneyModel = Field(description="The tax in the total")
    refund_id: UUID | None = Field(description="The refund that it is about; null of an invoice", examples=[None])
    invoice_id: UUID | None = Field(description="The invoice that it corrects; null of an invoice", examples=[None])

    @classmethod
    def of(cls, document: Document) -> Self:
        """The API's form of a document."""
        names = ("id", "kind", "number", "issued_at", "issued_on", "language", "refund_id", "invoice_id")
        currency = document.content.currency
        return cls.model_validate(
            {name: getattr(document, name) for name in names}
            | {"total": {"amount": document.content.total, "currency": currency}}
            | {"tax": {"amount": document.content.tax, "currency": currency}}
        )


class Documents(Model):
    """The invoice of an order, some seconds after its payment, and a credit note for each refund; the oldest first."""

    items: list[DocumentView]

    @classmethod
    def of(cls, documents: list[Document]) -> Self:
        """The API's form of an order's documents."""
        return cls(items=[DocumentView.of(each) for each in documents])
