"""What causes pages by its number: requests that are refused, wrong passwords, ids and tokens that are guessed."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from deploy.drills.alerts.shop import Shop, placed, repeated
from deploy.drills.restored import session_of
from proofs.shopper import DECLINED, Shopper, shopper
from proofs.waiting import eventually

# Addresses that guess, each with a limit of its own.
_GUESSERS = 8
# The page asks for more than 100; an account may have 20 sessions, and its registration has made one.
_ACCOUNTS, _SESSIONS = 6, 18
# How many cards may be declined for an order in this drill: a shop's default is higher.
DECLINES = 2
_DECLINES_KNOWN = """
select count(*) from payment_declines d join payments p on p.id = d.payment_id where p.order_id = $1::uuid
"""


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


@asynccontextmanager
async def cards_tried(shop: Shop) -> AsyncIterator[None]:
    """Somebody orders again and again, and tries stolen cards."""

    async def try_cards() -> None:
        async with shopper(shop.store, https=False) as thief:
            order = await placed(shop, thief)
            for tries in range(1, DECLINES + 1):
                await thief.confirm(order["payment"], DECLINED)

                async def known(number: int = tries) -> bool:
                    return bool(await shop.store.value("payments", _DECLINES_KNOWN, order["order"]["id"]) >= number)

                await eventually(known, 60, "a decline that payments knows")

    async with repeated(try_cards, 0.2, at_once=3):
        yield


async def _guess(guesser: Shopper) -> None:
    await guesser.call("GET", f"/api/v1/orders/{uuid.uuid4()}")


@asynccontextmanager
async def tokens_reused(shop: Shop) -> AsyncIterator[None]:
    """The first refresh token of many sessions, used up long ago, is shown again."""
    stolen = [token for used in await asyncio.gather(*(_used(shop) for _ in range(_ACCOUNTS))) for token in used]
    async with shopper(shop.store, https=False) as thief:
        for token in stolen:
            await _refresh(thief, token)
        yield


async def _used(shop: Shop) -> list[str]:
    """The first token of each session of a new account; its second one was used, too. Limits count by address."""
    tokens = []
    async with shopper(shop.store, https=False) as customer:
        await customer.register()
    for _ in range(_SESSIONS):
        async with shopper(shop.store, https=False, email=customer.email) as browser:
            tokens.append(await session_of(browser))
            await _refresh(browser, await _refresh(browser, tokens[-1]))
    return tokens


async def _refresh(customer: Shopper, token: str) -> str:
    """Show a refresh token; the next one, or nothing where it is refused."""
    headers = {"X-Mercat": "refresh", "Cookie": f"__Host-refresh={token}"}
    async with customer.http.post(f"{customer.base}/api/v1/sessions/refresh", headers=headers) as answer:
        await answer.read()
        return answer.cookies["__Host-refresh"].value if "__Host-refresh" in answer.cookies else ""
