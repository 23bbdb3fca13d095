"""Requests and answers about what is kept of a person."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field

from chassis.web import Model, pagination
from orders.privacy.usecases.export_person import CopyPage

_ORDER = {"number": "M-7F3K9Q", "email": "ada@example.com", "total": 4200, "currency": "EUR"}


class PersonalData(Model):
    """Rows that are kept of a person, a page of them."""

    tables: dict[str, list[dict[str, Any]]] = Field(
        description="By table, as they are stored; `payments.` is before the names of those of the payment service",
        examples=[{"orders": [_ORDER]}],
    )
    next: str | None = Field(description="`after` of the next page; null at the end", examples=[None])

    @classmethod
    def of(cls, page: CopyPage) -> Self:
        """The API's form of a page."""
        return cls(tables=page.tables, next=pagination.encode(page.next) if page.next else None)


class ErasureWish(Model):
    """That a guest wants to be erased from their order for good."""

    order_number: str = Field(
        max_length=20, description="The order's, typed again, as nothing brings it back", examples=["M-7F3K9Q"]
    )


class Erased(Model):
    """What was erased."""

    erased: bool = Field(description="Always true", examples=[True])
    orders: int = Field(description="How many orders; 0 where that was done before", examples=[1])
