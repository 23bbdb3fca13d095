"""Fields that several answers and requests share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

VariantId = Annotated[UUID, Field(examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c01"])]
OrderId = Annotated[UUID, Field(examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c02"])]
Code = Annotated[str, Field(description="ISO 4217", examples=["EUR"])]
When = Annotated[datetime, Field(examples=["2026-11-21T09:30:00Z"])]
Title = Annotated[str, Field(examples=["Perfect Fifth"])]
VariantTitle = Annotated[
    str, Field(description="Empty where there is one variant only", examples=["30 \u00d7 40 cm / Unframed"])
]
Sku = Annotated[str, Field(examples=["FIFTH-3040-PRINT"])]
Unsellable = Literal["unpublished", "retired", "not-in-currency", "unknown"]
ImageUrl = Annotated[str | None, Field(examples=["/api/v1/media/5f2c.svg"])]
