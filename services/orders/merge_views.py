"""What the API answers when a guest's cart is merged into an account's."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from orders.cart_views import CartView, UnsoldLine


class NotMerged(UnsoldLine):
    """A line that stayed in the guest's cart: the account's is full, or cannot hold it in its currency."""

    reason: Literal["cart-full", "unavailable"] = Field(examples=["cart-full"])


class MergedCart(CartView):
    """The account's cart. While `not_merged` names something, the guest's token stays good for just that."""

    not_merged: list[NotMerged]

    @classmethod
    def of(cls, cart: CartView, left: list[NotMerged]) -> MergedCart:
        """The API's form of a cart after the merge."""
        return cls(**dict(cart), not_merged=left)
