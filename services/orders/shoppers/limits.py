"""The limits of this service's routes; their rates are settings.

Without `from __future__ import annotations`: FastAPI reads the annotations of the dependency.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import lru_cache
from typing import Any

from fastapi import Depends, Request

from chassis.auth import principal_of
from chassis.limits import Limiter, account, begin, client_net, counts, limit, rule
from chassis.problems import NotFound
from orders.shoppers import tokens

Key = Callable[[Request], str | Awaitable[str]]


@lru_cache(maxsize=64)
def _limit(name: str, rate: str, by: Key) -> Callable[[Request], Any]:
    return limit(name, rate, by=by)


def _by_address(name: str, setting: str) -> Any:
    begin(name)

    async def check(request: Request) -> None:
        rate = getattr(request.app.state.context.settings, setting)
        await _limit(name, rate, client_net)(request)

    return Depends(counts(check, setting.upper()))


def _by_holder(name: str, setting: str, header: str) -> Any:
    """By account, or by the token in `header`. Who shows neither is nobody in particular: the address alone counts."""
    begin(name)

    def of_guest(request: Request) -> str:
        return tokens.hashed(request.headers[header]).hex()

    async def check(request: Request) -> None:
        guest = await principal_of(request) is None
        if guest and not request.headers.get(header):
            return
        rate = getattr(request.app.state.context.settings, setting)
        await _limit(name, rate, of_guest if guest else account)(request)

    return Depends(counts(check, setting.upper()))


async def _misses(request: Request) -> AsyncIterator[None]:
    """Counts requests for what does not exist by address, once they have failed: beyond the limit the answer is a 429.

    Whoever shows a good token is refused nothing for what others guess at the same address.
    """
    try:
        yield
    except NotFound:
        limiter: Limiter = request.app.state.context.limiter
        rate = request.app.state.context.settings.miss_limit
        await limiter.enforce(rule("misses", rate), client_net(request))
        raise


begin("misses")


async def _codes() -> None:
    """Counted where codes are looked up, since only pricing knows which are unknown: see orders.pricing.discounts."""


# By address first: tokens that somebody makes up find no quota beyond it, however many they are.
CHECKOUT_ADDRESS = _by_address("checkout-address", "checkout_address_limit")
CHECKOUT = _by_holder("checkout", "checkout_limit", "cart-token")
CART_ADDRESS = _by_address("cart-address", "cart_address_limit")
CART = _by_holder("cart", "cart_limit", "cart-token")
LOOKUP_ADDRESS = _by_address("order-lookup-address", "lookup_address_limit")
LOOKUP = _by_holder("order-lookup", "lookup_limit", "order-token")
LINK_ADDRESS = _by_address("order-link-address", "link_address_limit")
# Whatever token comes with it: it is a new cart.
NEW_CART = _by_address("new-cart", "new_cart_limit")
NEW_CART_DAY = _by_address("new-cart-day", "new_cart_day_limit")
MISSES = Depends(counts(_misses, "MISS_LIMIT"))
CODE_MISSES = Depends(counts(_codes, "CODE_MISS_LIMIT"))
