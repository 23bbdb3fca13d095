"""The limits of this service's routes; their rates are settings.

Without `from __future__ import annotations`: FastAPI reads the annotations of the dependency.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import lru_cache
from typing import Any

from fastapi import Depends, Request, Response

from chassis.auth import principal_of
from chassis.limits import Limiter, account, client_net, limit, rule
from chassis.problems import NotFound
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
    """The account; a guest by the token shown, so that people behind one address do not stand in each other's way."""

    async def key(request: Request) -> str:
        token = request.headers.get(header)
        if token and await principal_of(request) is None:
            return tokens.hashed(token).hex()
        return await account(request)

    return key


async def _misses(request: Request) -> AsyncIterator[None]:
    """Counts requests for what does not exist by address, once they have failed.

    Who guesses learns less and less of it, and nobody who shows a good token is in their way.
    """
    try:
        yield
    except NotFound:
        limiter: Limiter = request.app.state.context.limiter
        rate = request.app.state.context.settings.miss_limit
        await limiter.enforce(_rule("misses", rate), client_net(request))
        raise


_rule = lru_cache(maxsize=16)(rule)

# By address first: tokens that somebody makes up find no quota beyond it, however many they are.
CHECKOUT_ADDRESS = _limited("checkout-address", "checkout_address_limit", client_net)
CHECKOUT = _limited("checkout", "checkout_limit", _holder("cart-token"))
CART_ADDRESS = _limited("cart-address", "cart_address_limit", client_net)
CART = _limited("cart", "cart_limit", _holder("cart-token"))
LOOKUP_ADDRESS = _limited("order-lookup-address", "lookup_address_limit", client_net)
LOOKUP = _limited("order-lookup", "lookup_limit", _holder("order-token"))
# Whatever token comes with it: it is a new cart.
NEW_CART = _limited("new-cart", "new_cart_limit", client_net)
NEW_CART_DAY = _limited("new-cart-day", "new_cart_day_limit", client_net)
MISSES = Depends(_misses)
