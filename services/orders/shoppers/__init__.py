"""Who calls: accounts and guests with tokens, and the limits of each."""

from __future__ import annotations

from orders.shoppers.callers import CurrentShopper, CurrentViewer
from orders.shoppers.holders import Holder, Holders
from orders.shoppers.limits import (
    CART,
    CART_ADDRESS,
    CHECKOUT,
    CHECKOUT_ADDRESS,
    CODE_MISSES,
    LINK_ADDRESS,
    LOOKUP,
    LOOKUP_ADDRESS,
    MISSES,
    NEW_CART,
    NEW_CART_DAY,
)
from orders.shoppers.shopper import Shopper, Viewer
from orders.shoppers.tokens import MOST_RENEWALS, OrderTokens
from orders.shoppers.tokens import draw as new_token
from orders.shoppers.tokens import hashed as hashed_token

__all__ = [
    "CART",
    "CART_ADDRESS",
    "CHECKOUT",
    "CHECKOUT_ADDRESS",
    "CODE_MISSES",
    "LINK_ADDRESS",
    "LOOKUP",
    "LOOKUP_ADDRESS",
    "MISSES",
    "MOST_RENEWALS",
    "NEW_CART",
    "NEW_CART_DAY",
    "CurrentShopper",
    "CurrentViewer",
    "Holder",
    "Holders",
    "OrderTokens",
    "Shopper",
    "Viewer",
    "hashed_token",
    "new_token",
]
