"""What the API answers when a guest's cart is merged into an account's."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from chassis.schemas import Model
from orders.schemas import VariantId
from orders.views import CartView, ImageUrl


class NotMerged(Model):
    """A line that stayed in the guest's cart: the account's is full, or cannot hold it in its currency."""

    variant_id: VariantId
    quantity: int = Field(examples=[1])
    reason: Literal["cart-full", "unavailable"] = Field(examples=["cart-full"])
    sku: str | None = Field(
        description="Null, as what follows, where the catalog knows nothing of it", examples=["FIFTH-3040-OAK"]
    )
    title: str | None = Field(examples=["Perfect Fifth"])
    variant_title: str | None = Field(examples=["30 \u00d7 40 cm / Oak frame"])
    slug: str | None = Field(examples=["perfect-fifth"])
    image_url: ImageUrl


class MergedCart(CartView):
    """The account's cart. While `not_merged` names something, the guest's token stays good for just that."""

    not_merged: list[NotMerged]

    @classmethod
    def of(cls, cart: CartView, left: list[NotMerged]) -> MergedCart:
        return cls(**dict(cart), not_merged=left)
