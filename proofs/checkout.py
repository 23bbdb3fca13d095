"""P02 P04: purchases over HTTPS as guest and as customer, with different cards; checks mails and stock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from proofs import shopper as shoppers
from proofs.products import Variant, variants
from proofs.shopper import Shopper, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

Scenario = Callable[[ProofStore, Shopper, Variant], Awaitable[int]]

TITLE = "P02 P04: buy over HTTPS, as guest and as customer"


async def prove(store: ProofStore) -> list[str]:
    """Run all scenarios at once; prints those that succeeded."""
    # Each scenario has a variant of its own, so that all can run at once with an exact stock.
    plenty = iter([variant for variant in await variants(store) if variant.available >= 2])
    running = [
        _run(store, name, scenario, next(plenty), customer=customer)
        for customer in (False, True)
        for name, scenario in SCENARIOS.items()
    ]
    return [complaint for complaint in await asyncio.gather(*running) if complaint]


async def _run(store: ProofStore, name: str, scenario: Scenario, variant: Variant, *, customer: bool) -> str:
    """Run a scenario; returns a complaint, or an empty text."""
    who = f"{'customer' if customer else 'guest'}: {name}"
    try:
        async with shopper(store) as buyer:
            if customer:
                await buyer.register()
            before = await available(store, variant)
            sold = await scenario(store, buyer, variant)
            await eventually(lambda: _is(store, variant, before - sold), 90, "the expected stock")
    except (AssertionError, TimeoutError) as wrong:
        return f"{who}: {wrong}"
    print(f"  {who}: ok", flush=True)
    return ""


async def available(store: ProofStore, variant: Variant) -> int:
    """The units on hand and not reserved."""
    return int(await store.value("catalog", "select on_hand - reserved from stock where variant_id = $1", variant.id))


async def _is(store: ProofStore, variant: Variant, expected: int) -> bool:
    return await available(store, variant) == expected


async def place(buyer: Shopper, variant: Variant) -> tuple[str, dict[str, Any]]:
    """Place an order; returns its id and its payment."""
    placed = await buyer.order(variant)
    assert placed.status == 201, placed
    assert placed.body["payment"], placed
    return placed.body["order"]["id"], placed.body["payment"]


async def mailed(store: ProofStore, buyer: Shopper, word: str) -> None:
    """Wait for a mail to the buyer with this word in the subject."""

    async def there() -> bool:
        return any(word in message["subject"].lower() for message in await store.mails(buyer.email))

    await eventually(there, 30, f"a mail about “{word}”")


async def card_ok(store: ProofStore, buyer: Shopper, variant: Variant) -> int:
    """A valid card: one paid order, one mail."""
    order, payment = await place(buyer, variant)
    assert (await buyer.confirm(payment, shoppers.OK)).status == 200
    await buyer.until(order, "paid")
    await mailed(store, buyer, "paid")
    paid = [message for message in await store.mails(buyer.email) if "paid" in message["subject"].lower()]
    assert len(paid) == 1, "one mail, not two"
    return 1


async def declined_then_another_card(store: ProofStore, buyer: Shopper, variant: Variant) -> int:
    """A declined card, then a valid one: the order is paid once."""
    order, payment = await place(buyer, variant)
    refused = await buyer.confirm(payment, shoppers.DECLINED)
    assert refused.status == 402, refused
    assert await buyer.status(order) == "pending_payment"
    assert (await buyer.confirm(payment, shoppers.OK)).status == 200
    await buyer.until(order, "paid")
    return 1


async def three_d_secure(store: ProofStore, buyer: Shopper, variant: Variant) -> int:
    """A card with 3-D Secure: the order is paid after the shopper has confirmed."""
    order, payment = await place(buyer, variant)
    asked = await buyer.confirm(payment, shoppers.THREE_D_SECURE)
    assert asked.body["status"] == "requires_action", asked
    page = asked.body["next_action"]["redirect_to_url"]["url"]
    async with buyer.http.get(page) as shown:
        assert shown.status == 200, shown.status
    secret = {"client_secret": payment["client_secret"], "return_url": f"{buyer.base}/"}
    async with buyer.http.post(page, data={"outcome": "approve", **secret}, allow_redirects=False) as answer:
        assert answer.status in {302, 303}, await answer.text()
    await buyer.until(order, "paid")
    return 1


async def declined_for_good(store: ProofStore, buyer: Shopper, variant: Variant) -> int:
    """A declined card only: the order is cancelled when it expires."""
    order, payment = await place(buyer, variant)
    assert (await buyer.confirm(payment, shoppers.DECLINED)).status == 402
    await buyer.until(order, "cancelled", seconds=120)
    return 0


async def abandoned(store: ProofStore, buyer: Shopper, variant: Variant) -> int:
    """No payment: the order is cancelled when it expires, with a mail."""
    order, _ = await place(buyer, variant)
    assert await available(store, variant) >= 0
    await buyer.until(order, "cancelled", seconds=120)
    await mailed(store, buyer, "cancel")
    return 0


SCENARIOS: dict[str, Scenario] = {
    "card ok": card_ok,
    "declined, then another card": declined_then_another_card,
    "3-D Secure": three_d_secure,
    "declined only: stock is released": declined_for_good,
    "abandoned: stock is released": abandoned,
}
