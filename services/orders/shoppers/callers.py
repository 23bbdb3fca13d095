"""Dependencies that say who calls: by access token, or by a guest's token.

Without `from __future__ import annotations`: FastAPI reads the annotations of the dependencies.
"""

from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import Field

from chassis.auth import MaybePrincipal
from chassis.limits import client_net
from orders.shoppers import tokens
from orders.shoppers.shopper import Shopper, Viewer

# The scope of the synthetic shopper (identity.domain.roles).
PROBE = "shop:probe"
# Ours have 43 characters; a longer one is as unknown as a wrong one.
_Token = Annotated[str, Field(json_schema_extra={"maxLength": 200})]
CartToken = Annotated[
    _Token | None, Header(alias="Cart-Token", description="A guest's key to a cart, from POST /api/v1/cart")
]
OrderToken = Annotated[
    _Token | None, Header(alias="Order-Token", description="A guest's key to an order, from POST /api/v1/orders")
]


async def _shopper(request: Request, principal: MaybePrincipal, cart_token: CartToken = None) -> Shopper:
    hashed = tokens.hashed(cart_token) if cart_token else None
    probe = principal is not None and PROBE in principal.scopes
    return Shopper(principal.account_id if principal else None, hashed, client_net(request), probe)


CurrentShopper = Annotated[Shopper, Depends(_shopper)]


async def _viewer(principal: MaybePrincipal, order_token: OrderToken = None) -> Viewer:
    return Viewer(principal.account_id if principal else None, tokens.hashed(order_token) if order_token else None)


CurrentViewer = Annotated[Viewer, Depends(_viewer)]
