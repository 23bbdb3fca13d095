"""Moments that staff name, and when a draft is to be shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from catalog.domain.products import ProductStatus
from chassis.web import Model


def _storable(value: datetime) -> datetime:
    if not 2000 <= value.year < 2100:
        raise ValueError("a year from 2000 to 2099")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_storable), Field(examples=["2026-12-01T08:00:00Z"])]


class PublicationWish(Model):
    """When a draft is to be shown."""

    publish_at: Moment | None = Field(description="With its offset from UTC; null: not by itself")


class PublicationView(Model):
    """When a product is to be shown."""

    publish_at: datetime | None = Field(description="Null: not by itself", examples=["2026-12-01T08:00:00Z"])
    status: ProductStatus = Field(examples=["draft"])
    version: int = Field(examples=[2])
