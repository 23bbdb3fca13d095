"""What the API answers about carts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from chassis.web import Model, MoneyModel, SignedMoney
from orders.schemas import VariantId
from orders.views import Code, ImageUrl, Sku, Title, Unsellable, VariantTitle, When


class CartLineView(Model):
    """A line at today's price."""

    variant_id: VariantId
    quantity: int = Field(examples=[1])
    sku: Sku
    title: Title
    variant_title: VariantTitle
    slug: str = Field(examples=["perfect-fifth"])
    image_url: ImageUrl
    unit_price: MoneyModel
    previous_unit_price: MoneyModel | None = Field(
        description="What it cost when it was put in, where that is not today's price", examples=[None]
    )
    total: MoneyModel
    available: int | None = Field(description="Pieces that could be ordered now; null: any number", examples=[12])
    requires_shipping: bool = Field(examples=[True])


class UnsoldLine(Model):
    """A line that cannot be bought as it stands, with what the catalog still knows of it."""

    variant_id: VariantId
    quantity: int = Field(examples=[1])
    sku: str | None = Field(
        description="Null, as what follows, where the catalog knows nothing of it", examples=["FIFTH-3040-OAK"]
    )
    title: str | None = Field(examples=["Perfect Fifth"])
    variant_title: str | None = Field(examples=["30 \u00d7 40 cm / Oak frame"])
    slug: str | None = Field(examples=["perfect-fifth"])
    image_url: ImageUrl


class UnavailableLine(UnsoldLine):
    """A line whose article is not sold any more, or not in this currency. It stands in the way of an order."""

    reason: Unsellable = Field(examples=["retired"])


class CartView(Model):
    """A cart with live prices. `id` is null for an account that has not put anything in yet.

    While an order of a cart waits for payment, `order_id` and the fields after it say which and how to open it: a
    guest's with `order_token`. A guest's cart is empty then; it is back when the order is cancelled.
    """

    id: UUID | None
    currency: Code
    lines: list[CartLineView]
    unavailable: list[UnavailableLine]
    subtotal: MoneyModel
    shipping: MoneyModel
    rounding: SignedMoney
    total: MoneyModel = Field(description="Subtotal, shipping and rounding: what an order has to expect")
    requires_shipping: bool = Field(description="Whether an order of it needs an address", examples=[True])
    expires_at: datetime | None = Field(description="When a guest's cart is forgotten")
    order_id: UUID | None = Field(default=None, examples=[None])
    order_number: str | None = Field(default=None, examples=[None])
    payable_until: datetime | None = Field(default=None, examples=[None])
    order_token: str | None = Field(default=None, examples=[None])


class CreatedCart(Model):
    """`cart_token` is told once: it is the one key to the cart, sent as `Cart-Token`."""

    id: UUID
    cart_token: str = Field(examples=["kq3v…"])
    currency: Code
    expires_at: When
