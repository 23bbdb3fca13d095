"""T6: 300 shoppers with one address sign up, sign in, browse, fill carts and check out within the rate limits."""

from __future__ import annotations

import asyncio
import collections
import uuid

from proofs.products import Variant, set_stock, variants
from proofs.shopper import ADDRESS, Answer, Shopper, shopper
from proofs.store import ProofStore

TITLE = "Crowd: 300 shoppers behind one address sign up and check out, and none is rate-limited"
SHOPPERS, AT_ONCE = 300, 10
OFFICE = "127.9.9.9"


async def prove(store: ProofStore) -> list[str]:
    """Run the proof: no shopper may be refused."""
    shelf = (await variants(store))[:10]
    for variant in shelf:
        await set_stock(store, variant, SHOPPERS)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> str:
        async with gate, shopper(store, https=False, source=OFFICE) as person:
            return await _buy(person, shelf[number % len(shelf)], guest=number % 3 == 0)

    ended = collections.Counter(await asyncio.gather(*map(one, range(SHOPPERS))))
    print(f"  {SHOPPERS} shoppers of one address: {dict(ended)}", flush=True)
    return [f"{count} shoppers were stopped: {what}" for what, count in ended.items() if what != "placed"]


async def _buy(person: Shopper, variant: Variant, *, guest: bool) -> str:
    """The refusal that stopped this shopper, or "placed"."""
    if not guest:
        try:
            await person.register()
        except AssertionError as refused:
            return f"signing up: {refused}"
    for path in ("/api/v1/products?search=tide", "/api/v1/products?sort=title", "/api/v1/categories"):
        if (looked := await person.call("GET", path)).status != 200:
            return f"{path}: {looked.status} {looked.type}"
    made = await person.call("POST", "/api/v1/cart")
    if made.status not in {200, 201}:
        return f"a cart: {made.status} {made.type}"
    if guest:
        person.headers["Cart-Token"] = made.body["cart_token"]
    put = await person.call("PUT", f"/api/v1/cart/lines/{variant.id}", json={"quantity": 1})
    if put.status != 200:
        return f"a line: {put.status} {put.type}"
    placed = await _order(person, variant)
    return "placed" if placed.status == 201 else f"an order: {placed.status} {placed.type}"


async def _order(person: Shopper, variant: Variant) -> Answer:
    wish = {"email": person.email, "shipping_address": ADDRESS, "expected_total": variant.total}
    key = {"Idempotency-Key": uuid.uuid4().hex}
    return await person.retry_on(503, lambda: person.call("POST", "/api/v1/orders", json=wish, **key))
