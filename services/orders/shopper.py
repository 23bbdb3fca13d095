"""Who asks for a cart or an order: an account, or a guest who holds a token.

Without `from __future__ import annotations`: FastAPI reads the annotations of the dependency.
"""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import Depends, Header, Request
from pydantic import Field

from chassis.auth import MaybePrincipal
from chassis.limits import client_net
from orders import tokens

# Ours have 43 characters; a longer one is as unknown as a wrong one.
MAX_TOKEN = 200

_Token = Annotated[str, Field(json_schema_extra={"maxLength": MAX_TOKEN})]
CartToken = Annotated[
    _Token | None, Header(alias="Cart-Token", description="A guest's key to a cart, from POST /api/v1/cart")
]
OrderToken = Annotated[
    _Token | None, Header(alias="Order-Token", description="A guest's key to an order, from POST /api/v1/orders")
]


class Shopper(msgspec.Struct, frozen=True):
    """Who is signed in acts as that account, whatever cart token comes with it."""

    account_id: UUID | None
    cart_token: bytes | None
    address: str


async def _shopper(request: Request, principal: MaybePrincipal, cart_token: CartToken = None) -> Shopper:
    hashed = tokens.hashed(cart_token) if cart_token else None
    return Shopper(principal.account_id if principal else None, hashed, client_net(request))


CurrentShopper = Annotated[Shopper, Depends(_shopper)]


class Viewer(msgspec.Struct, frozen=True):
    """Who wants to see an order."""

    account_id: UUID | None
    order_token: bytes | None


async def _viewer(principal: MaybePrincipal, order_token: OrderToken = None) -> Viewer:
    return Viewer(principal.account_id if principal else None, tokens.hashed(order_token) if order_token else None)


CurrentViewer = Annotated[Viewer, Depends(_viewer)]
