"""Carts: what somebody means to buy."""

from __future__ import annotations

from orders.carts.api.routes import router
from orders.carts.store.carts import delete_expired as delete_expired_carts
from orders.carts.store.carts import give_back as give_back_cart
from orders.carts.usecases.find_cart import cart_to_order, quantities
from orders.carts.usecases.show_cart import basket_line

__all__ = [
    "basket_line",
    "cart_to_order",
    "delete_expired_carts",
    "give_back_cart",
    "quantities",
    "router",
]
