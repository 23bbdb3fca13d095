"""The journeys of the drill's shoppers: a fixed list, shuffled by a seed."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable

from deploy.drills import restored
from deploy.drills.dashboards import after
from deploy.drills.dashboards.trade import NO_MONEY, Trade, expect
from proofs import shopper as shoppers
from proofs.shopper import Shopper, shopper
from proofs.waiting import eventually

AT_ONCE = 4
# Enough that the share of forged webhooks means something.
FORGED = 40
# More than a network may miss in a minute.
GUESSES = 45
_DECLINED = "select decline_code is not null from payments where order_id = $1::uuid"


async def _look_only(trade: Trade, buyer: Shopper) -> None:
    await trade.look(buyer)


async def _search(trade: Trade, buyer: Shopper) -> None:
    found = await expect(200, buyer.call("GET", "/api/v1/products?search=dune"))
    assert found["items"], "the demo shop has a dune"  # noqa: S101
    trade.journal["found"] += 1


async def _search_in_vain(trade: Trade, buyer: Shopper) -> None:
    found = await expect(200, buyer.call("GET", "/api/v1/products?search=zeppelin"))
    assert not found["items"], "the demo shop has no zeppelin"  # noqa: S101
    trade.journal["empty"] += 1


async def _leave_cart(trade: Trade, buyer: Shopper) -> None:
    await trade.fill_cart(buyer, await trade.look(buyer))


async def _pay(trade: Trade, buyer: Shopper) -> str:
    order, payment = await trade.order(buyer)
    await trade.confirm(buyer, payment, shoppers.OK)
    await buyer.until(order, "paid")
    return order


async def _pay_as_customer(trade: Trade, buyer: Shopper) -> None:
    await buyer.register()
    await _pay(trade, buyer)
    token = await restored.session_of(buyer)
    headers = {"X-Mercat": "refresh", "Cookie": f"__Host-refresh={token}"}
    await expect(200, buyer.call("POST", "/api/v1/sessions/refresh", **headers))
    await restored.sign_out(buyer)


async def _decline_known(trade: Trade, order: str) -> bool:
    return bool(await trade.store.value("payments", _DECLINED, order))


async def _declined_then_pay(trade: Trade, buyer: Shopper) -> None:
    order, payment = await trade.order(buyer)
    await trade.confirm(buyer, payment, shoppers.DECLINED, 402)
    # A person takes another card out; who tries it at once is known to be paid before the decline is known.
    await eventually(lambda: _decline_known(trade, order), 60, f"the decline of {order} to be known")
    await trade.confirm(buyer, payment, shoppers.OK)
    await buyer.until(order, "paid")


async def _declined(trade: Trade, buyer: Shopper) -> None:
    _, payment = await trade.order(buyer)
    await trade.confirm(buyer, payment, NO_MONEY, 402)


async def _refunded(trade: Trade, buyer: Shopper) -> None:
    order = await _pay(trade, buyer)
    await restored.refund(trade.store, await restored.intent_of(trade.store, order))


async def _lapse(trade: Trade, buyer: Shopper) -> None:
    await trade.order(buyer)


async def _asked_by_bank(trade: Trade, buyer: Shopper, outcome: str = "approve") -> None:
    order, payment = await trade.order(buyer)
    asked = await trade.confirm(buyer, payment, shoppers.THREE_D_SECURE)
    page = asked["next_action"]["redirect_to_url"]["url"]
    answer = {"outcome": outcome, "client_secret": payment["client_secret"], "return_url": f"{buyer.base}/"}
    async with buyer.http.post(page, data=answer, allow_redirects=False) as answered:
        assert answered.status in {302, 303}, await answered.text()  # noqa: S101
    trade.journal["bank: asked"] += 1
    if outcome == "approve":
        await buyer.until(order, "paid")
    else:
        trade.journal["bank: failed"] += 1
        trade.journal["declined: payment_intent_authentication_failure"] += 1


async def _refused_by_bank(trade: Trade, buyer: Shopper) -> None:
    await _asked_by_bank(trade, buyer, "fail")


async def _nothing_left(trade: Trade, buyer: Shopper) -> None:
    variant = trade.rng.choice(trade.gone)
    body = {
        "email": buyer.email,
        "shipping_address": shoppers.ADDRESS,
        "lines": [{"variant_id": variant, "quantity": 1}],
        "expected_total": {"amount": 1, "currency": "EUR"},
    }
    refused = await buyer.call("POST", "/api/v1/orders", json=body, **{"Idempotency-Key": uuid.uuid4().hex})
    assert refused.status in {409, 422}, refused  # noqa: S101
    trade.journal[f"refused: {refused.type.rpartition('/')[2]}"] += 1


async def _wrong_password(trade: Trade, buyer: Shopper) -> None:
    await expect(401, buyer.call("POST", "/api/v1/sessions", json={"email": buyer.email, "password": "x" * 12}))
    trade.journal["wrong password"] += 1


async def _guess_orders(trade: Trade, buyer: Shopper) -> None:
    statuses = [(await buyer.call("GET", f"/api/v1/orders/{uuid.uuid4()}")).status for _ in range(GUESSES)]
    trade.journal["guesses refused by the limit"] += statuses.count(429)


async def _forge_webhooks(trade: Trade, buyer: Shopper) -> None:
    for _ in range(FORGED):
        await buyer.call("POST", "/webhooks/stripe", json={"id": "evt_1"}, **{"Stripe-Signature": "t=1,v1=00"})
        trade.journal["forged"] += 1


async def _tell(trade: Trade, buyer: Shopper) -> None:
    """As the browser of somebody who agreed to it, who leaves at the page of payment."""
    vitals = [{"page": "product", "vital": vital, "value": 0.1} for vital in ("lcp", "inp", "ttfb", "cls")]
    steps = [{"step": step, "way": "reached"} for step in ("cart", "checkout", "placed", "pay")]
    left, broken = {"step": "pay", "way": "left"}, {"page": "pay", "kind": "type"}
    told = {"vitals": vitals, "steps": [*steps, left], "errors": [broken]}
    await expect(204, buyer.call("POST", "/api/v1/measurements", json=told))
    for step in (*steps, left):
        trade.journal[f"told: {step['step']}, {step['way']}"] += 1


Journey = Callable[[Trade, Shopper], Awaitable[object]]
JOURNEYS: dict[Journey, int] = {
    _look_only: 25, _search: 15, _search_in_vain: 6, _leave_cart: 10, _pay: 12, _pay_as_customer: 4,
    _refunded: 2, _declined_then_pay: 3, _declined: 3, _lapse: 3, _asked_by_bank: 3, _refused_by_bank: 2,
    _nothing_left: 3, _wrong_password: 2, _guess_orders: 1, _forge_webhooks: 1,
    _tell: 4, after.returned: 3, after.disputed: 2,
}  # fmt: skip


async def run(trade: Trade, seconds: float) -> None:
    """All journeys, spread over so many seconds."""
    journeys = [journey for journey, number in JOURNEYS.items() for _ in range(number)]
    trade.rng.shuffle(journeys)
    began = asyncio.get_running_loop().time()
    slots = asyncio.Semaphore(AT_ONCE)

    async def go(number: int, journey: Journey) -> None:
        await asyncio.sleep(began + seconds * number / len(journeys) - asyncio.get_running_loop().time())
        async with slots, shopper(trade.store) as buyer:
            await journey(trade, buyer)

    async with asyncio.TaskGroup() as group:
        for number, journey in enumerate(journeys):
            group.create_task(go(number, journey))


async def again(trade: Trade) -> None:
    """Some journeys, one after the other: what is sold when there is something to compare it with."""
    for journey in (_declined, _pay, _declined, _pay):
        async with shopper(trade.store) as buyer:
            await journey(trade, buyer)
