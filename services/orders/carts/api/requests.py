"""Request bodies about carts."""

from __future__ import annotations

from pydantic import Field

from chassis.web import Currency, Model, Quantity


class NewCart(Model):
    """A guest's cart."""

    currency: Currency | None = Field(default=None, description="One that the shop sells in; its default if not named")


class PutLine(Model):
    """How many pieces are wanted in all."""

    quantity: Quantity
