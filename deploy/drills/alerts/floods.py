"""What causes pages by its number: requests that are refused, wrong passwords, ids and tokens that are guessed."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from deploy.drills.alerts.shop import Shop, repeated, superuser
from deploy.drills.restored import session_of
from proofs.shopper import Shopper, shopper

# Addresses that guess, each with a limit of its own; sessions whose token is shown again: a limit allows each 30.
_GUESSERS, _SESSIONS = 8, 6


@asynccontextmanager
async def checkouts_refused(shop: Shop) -> AsyncIterator[None]:
    """One shopper orders, and reads the cart, far more often than allowed."""
    async with shopper(shop.store, https=False) as buyer:
        made = await buyer.call("POST", "/api/v1/cart", json={"currency": "EUR"})
        buyer.headers["Cart-Token"] = made.body["cart_token"]
        ordering = repeated(lambda: buyer.order(shop.variant), 0.05, at_once=2)
        async with ordering, repeated(lambda: buyer.call("GET", "/api/v1/cart"), 0.02, at_once=2):
            yield


@asynccontextmanager
async def passwords_guessed(shop: Shop) -> AsyncIterator[None]:
    """Somebody tries a password at many accounts, and many at one."""
    async with shopper(shop.store, https=False) as wide, shopper(shop.store, https=False) as deep:

        async def sign_in(who: Shopper, email: str) -> None:
            await who.call("POST", "/api/v1/sessions", json={"email": email, "password": "a wrong one, again"})

        at_many = repeated(lambda: sign_in(wide, f"{uuid.uuid4().hex}@example.com"), 0.05, at_once=4)
        async with at_many, repeated(lambda: sign_in(deep, deep.email), 0.05, at_once=2):
            yield


@asynccontextmanager
async def ids_guessed(shop: Shop) -> AsyncIterator[None]:
    """Some addresses ask for orders by ids that they make up."""
    async with AsyncExitStack() as stack:
        for _ in range(_GUESSERS):
            guesser = await stack.enter_async_context(shopper(shop.store, https=False))
            await stack.enter_async_context(repeated(partial(_guess, guesser), 0.02))
        yield


async def _guess(guesser: Shopper) -> None:
    await guesser.call("GET", f"/api/v1/orders/{uuid.uuid4()}")


@asynccontextmanager
async def tokens_reused(shop: Shop) -> AsyncIterator[None]:
    """Used refresh tokens of some sessions are shown again and again; the sessions are each time revived."""
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(superuser(shop.store, "identity"))
        used: list[tuple[Shopper, str]] = []
        for _ in range(_SESSIONS):
            customer = await stack.enter_async_context(shopper(shop.store, https=False))
            await customer.register()
            first = await session_of(customer)
            await _refresh(customer, await _refresh(customer, first))
            used.append((customer, first))
        revived = "update sessions set ended_at = null, end_reason = null where id = any($1::uuid[])"
        sessions = [token.partition(".")[0] for _, token in used]

        async def show() -> None:
            await connection.execute(revived, sessions)
            for customer, token in used:
                await _refresh(customer, token)

        await stack.enter_async_context(repeated(show, 0.1))
        yield


async def _refresh(customer: Shopper, token: str) -> str:
    """Show a refresh token; the next one, or nothing where it is refused."""
    headers = {"X-Mercat": "refresh", "Cookie": f"__Host-refresh={token}"}
    async with customer.http.post(f"{customer.base}/api/v1/sessions/refresh", headers=headers) as answer:
        await answer.read()
        return answer.cookies["__Host-refresh"].value if "__Host-refresh" in answer.cookies else ""
