"""The limits of this service's routes; their rates are settings.

Without `from __future__ import annotations`: FastAPI reads the annotations of the dependency.
"""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from fastapi import Depends, Request, Response

from chassis.auth import principal_of
from chassis.limits import account, client_net, limit
from orders import tokens

Key = Callable[[Request], str | Awaitable[str]]


@lru_cache(maxsize=64)
def _limit(name: str, rate: str, by: Key) -> Callable[[Request, Response], Any]:
    return limit(name, rate, by=by)


def _limited(name: str, setting: str, by: Key) -> Any:
    async def check(request: Request, response: Response) -> None:
        rate = getattr(request.app.state.context.settings, setting)
        await _limit(name, rate, by)(request, response)

    return Depends(check)


def _holder(header: str) -> Key:
    """The account; a guest by the token shown, so that people behind one address do not stand in each other's way.

    Who makes tokens up gains nothing by it: they have 256 random bits.
    """

    async def key(request: Request) -> str:
        token = request.headers.get(header)
        if token and await principal_of(request) is None:
            return tokens.hashed(token).hex()
        return await account(request)

    return key


CHECKOUT = _limited("checkout", "checkout_limit", _holder("cart-token"))
# An order holds stock. Whoever makes cart tokens up would have a quota for each, but for this one.
CHECKOUT_ADDRESS = _limited("checkout-address", "checkout_address_limit", client_net)
CART = _limited("cart", "cart_limit", _holder("cart-token"))
LOOKUP = _limited("order-lookup", "lookup_limit", _holder("order-token"))
