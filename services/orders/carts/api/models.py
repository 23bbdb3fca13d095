"""Answers about carts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field

from chassis.values import Money
from chassis.web import Model, MoneyModel, SignedMoney
from orders.carts.store.carts import CartLine
from orders.carts.usecases.create_cart import GuestCart
from orders.carts.usecases.show_cart import PricedCart
from orders.catalog_client import Quote, Unsold
from orders.fields import Code, ImageUrl, Sku, Title, Unsellable, VariantId, VariantTitle, When

_SUMS = ("subtotal", "discount", "total")


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
    discount: MoneyModel = Field(description="Off its lines, without any code")
    shipping: MoneyModel
    shipping_known: bool = Field(
        description="False where it depends on the address: POST /api/v1/checkout/calculations tells", examples=[True]
    )
    rounding: SignedMoney
    total: MoneyModel = Field(description="What an order has to expect, where shipping is known")
    requires_shipping: bool = Field(description="Whether an order of it needs an address", examples=[True])
    expires_at: datetime | None = Field(description="When a guest's cart is forgotten")
    order_id: UUID | None = Field(default=None, examples=[None])
    order_number: str | None = Field(default=None, examples=[None])
    payable_until: datetime | None = Field(default=None, examples=[None])
    order_token: str | None = Field(default=None, examples=[None])

    @classmethod
    def of(cls, priced: PricedCart) -> Self:
        """The API's form of a cart at today's prices."""
        return cls.model_validate(_fields(priced))


class NotMerged(UnsoldLine):
    """A line that stayed in the guest's cart: the account's is full, or cannot hold it in its currency."""

    reason: Literal["cart-full", "unavailable"] = Field(examples=["cart-full"])


class MergedCart(CartView):
    """The account's cart. While `not_merged` names something, the guest's token stays good for just that."""

    not_merged: list[NotMerged]

    @classmethod
    def merged(cls, priced: PricedCart, left: list[tuple[CartLine, Quote | Unsold | None]]) -> Self:
        """The API's form of a cart after the merge, with the lines that are left and what the catalog knows of them."""
        not_merged = [
            {**_article(line, known), "reason": "cart-full" if isinstance(known, Quote) else "unavailable"}
            for line, known in left
        ]
        return cls.model_validate({**_fields(priced), "not_merged": not_merged})


class CreatedCart(Model):
    """`cart_token` is told once: it is the one key to the cart, sent as `Cart-Token`."""

    id: UUID
    cart_token: str = Field(examples=["kq3v…"])
    currency: Code
    expires_at: When

    @classmethod
    def of(cls, created: GuestCart) -> Self:
        """The API's form of a new cart."""
        return cls.model_validate(created, from_attributes=True)


def _fields(priced: PricedCart) -> dict[str, Any]:
    """A line without a quote is unavailable."""
    cart, order, quotes, sums = priced.cart, priced.unpaid_order, priced.quotes.by_variant, priced.sums
    lines = cart.lines if cart else []
    unsold = {article.variant_id: article for article in priced.quotes.unsold}
    lost = [(line, unsold.get(line.variant_id)) for line in lines if line.variant_id not in quotes]
    fields = {
        "id": cart.id if cart else order.cart_id if order and order.token_hash else None,
        "currency": priced.currency,
        "lines": [_line(line, quotes[line.variant_id], priced.currency) for line in lines if line.variant_id in quotes],
        "unavailable": [
            {**_article(line, known), "reason": known.reason if known else "unknown"} for line, known in lost
        ],
        **{name: MoneyModel(amount=getattr(sums, name), currency=priced.currency) for name in _SUMS},
        "shipping": MoneyModel(amount=sums.shipping - sums.shipping_discount, currency=priced.currency),
        "shipping_known": sums.shipping_problem is None,
        "rounding": SignedMoney(amount=sums.rounding, currency=priced.currency),
        "requires_shipping": sums.requires_shipping,
        "expires_at": cart.expires_at if cart else None,
        "order_token": priced.order_token,
    }
    if order is not None:
        fields |= {"order_id": order.id, "order_number": order.number, "payable_until": order.expires_at}
    return fields


def _article(line: CartLine, known: Quote | Unsold | None) -> dict[str, Any]:
    names = ("sku", "title", "slug", "image_url")
    return {
        **{name: getattr(known, name, None) for name in names},
        "variant_title": (known.variant_title or "") if known else None,
        "variant_id": line.variant_id,
        "quantity": line.quantity,
    }


def _line(line: CartLine, quote: Quote, currency: str) -> dict[str, Any]:
    price = Money(quote.unit_price, currency)
    before = None if line.unit_price in {None, quote.unit_price} else line.unit_price
    return {
        **_article(line, quote),
        "unit_price": MoneyModel.of(price),
        "previous_unit_price": None if before is None else MoneyModel(amount=before, currency=currency),
        "total": MoneyModel.of(price.times(line.quantity)),
        "available": quote.available,
        "requires_shipping": quote.requires_shipping,
    }
