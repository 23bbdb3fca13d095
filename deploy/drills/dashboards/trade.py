"""Scripted trade: shoppers look, search, leave carts, pay, are declined or asked by their bank, and let orders lapse.

A journal keeps what only they know.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any

from proofs import shopper as shoppers
from proofs.products import set_stock, variants
from proofs.shopper import Answer, Shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

CURRENCIES = ("EUR", "USD")
NO_MONEY = "pm_card_visa_chargeDeclinedInsufficientFunds"
_GOODS = """
select v.id::text, p.slug from variants v join products p on p.id = v.product_id join stock s on s.variant_id = v.id
where p.status = 'active' and s.tracked and not s.backorder and s.on_hand - s.reserved >= 10 order by v.sku
"""
# The demo shop has prices in euros alone.
_IN_DOLLARS = (
    "insert into variant_prices (variant_id, currency, amount) select variant_id, 'USD', amount from variant_prices",
    """
    insert into product_prices (product_id, currency, amount_from, amount_to)
    select product_id, 'USD', amount_from, amount_to from product_prices
    """,
)


@dataclass
class Trade:
    """The journal counts by name; `goods` are ids and slugs of variants; `gone` are ids of which none are left."""

    store: ProofStore
    rng: random.Random
    goods: list[tuple[str, str]]
    gone: list[str]
    journal: Counter[str] = field(default_factory=Counter)

    async def look(self, buyer: Shopper) -> str:
        """Look at a list and at a product, which the journal counts; the variant."""
        variant, slug = self.rng.choice(self.goods)
        await expect(200, buyer.call("GET", "/api/v1/products"))
        await expect(200, buyer.call("GET", f"/api/v1/products/{slug}"))
        self.journal["seen"] += 1
        return variant

    async def fill_cart(self, buyer: Shopper, variant: str, units: int = 1) -> dict[str, Any]:
        """Put units into a new cart; the cart."""
        currency = self.rng.choice(CURRENCIES)
        made = await expect(201, buyer.call("POST", "/api/v1/cart", json={"currency": currency}))
        self.journal["cart"] += 1
        buyer.headers["Cart-Token"] = made["cart_token"]
        cart = await expect(200, buyer.call("PUT", f"/api/v1/cart/lines/{variant}", json={"quantity": units}))
        self.journal["put into a cart"] += 1
        return dict(cart)

    async def order(self, buyer: Shopper) -> tuple[str, dict[str, Any]]:
        """Look, fill a cart and order; the order's id and its payment."""
        cart = await self.fill_cart(buyer, await self.look(buyer), self.rng.randint(1, 3))
        placed = await checkout(buyer, cart)
        assert placed.status == 201, placed  # noqa: S101 -- a drill asserts
        if placed.body.get("order_token"):
            buyer.headers["Order-Token"] = placed.body["order_token"]
        order = placed.body["order"]["id"]

        async def payable() -> Any:
            asked = await buyer.retry_on(429, lambda: buyer.call("GET", f"/api/v1/orders/{order}/payment"))
            assert asked.body["status"] in {"placed", "pending_payment"}, asked  # noqa: S101 -- a drill asserts
            return asked.body["payment"]

        return order, placed.body["payment"] or await eventually(payable, 60, f"order {order} to be payable")

    async def confirm(self, buyer: Shopper, payment: dict[str, Any], card: str, status: int = 200) -> dict[str, Any]:
        """Try a card; what the provider answers."""
        if card in {shoppers.DECLINED, NO_MONEY}:
            self.journal[f"declined: {'generic_decline' if card == shoppers.DECLINED else 'insufficient_funds'}"] += 1
        return dict(await expect(status, buyer.confirm(payment, card)))


async def checkout(buyer: Shopper, cart: dict[str, Any]) -> Answer:
    """Order what is in the cart."""
    body = {"email": buyer.email, "shipping_address": shoppers.ADDRESS, "expected_total": cart["total"]}
    return await buyer.call("POST", "/api/v1/orders", json=body, **{"Idempotency-Key": uuid.uuid4().hex})


async def expect(status: int, asked: Awaitable[Answer]) -> Any:
    """The body of an answer, which must have this status."""
    answer = await asked
    assert answer.status == status, answer  # noqa: S101 -- a drill asserts
    return answer.body


async def opened(store: ProofStore, seed: int) -> Trade:
    """A store with prices in two currencies, and two variants of which nothing is left."""
    for statement in _IN_DOLLARS:
        await store.rows("catalog", statement)
    for variant in (await variants(store))[:2]:
        await set_stock(store, variant, 0)
    gone = [variant.id for variant in (await variants(store))[:2]]
    goods = [(row["id"], row["slug"]) for row in await store.rows("catalog", _GOODS)]
    return Trade(store, random.Random(seed), goods, gone)  # noqa: S311 -- no secret
