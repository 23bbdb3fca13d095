"""The 50 orders: guests and customers, each as a browser does it: calculate, order for that total, pay or not."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from typing import Any

from proofs import shopper as shoppers
from proofs.shop_day.drafting import placed_by_staff
from proofs.shop_day.shop import Bought, Shop
from proofs.shop_day.team import PATIENCE
from proofs.shop_day.wishes import ORDERS, Wish, wishes
from proofs.shopper import Shopper, shopper

AT_ONCE = 6
_PLACES = {
    "DE": {"line1": "Torstr. 1", "postal_code": "10115", "city": "Berlin"},
    "AT": {"line1": "Ringstr. 2", "postal_code": "1010", "city": "Wien"},
    "FR": {"line1": "1 rue de Rivoli", "postal_code": "75001", "city": "Paris"},
    "CH": {"line1": "Bahnhofstr. 3", "postal_code": "8001", "city": "Zürich"},
}


async def take_orders(shop: Shop, stack: AsyncExitStack) -> None:
    """All orders of the day, those of a customer one after the other. The buyers stay until the stack is left."""
    by_buyer: dict[str, list[Wish]] = defaultdict(list)
    for wish in wishes(len(shop.shelf)):
        by_buyer[wish.buyer or f"guest-{wish.number}"].append(wish)
    room, drawn = asyncio.Semaphore(AT_ONCE), iter(shop.drawn)

    async def one(name: str, wanted: list[Wish]) -> None:
        async with room:
            buyer = await stack.enter_async_context(shopper(shop.store, email=f"{name}@shop-day.example"))
            if not name.startswith("guest"):
                await buyer.register()
            for wish in wanted:
                code = next(drawn) if wish.code == "ONCE" else wish.code
                shop.bought.append(await _order(shop, buyer, wish, code))

    async with asyncio.TaskGroup() as group:
        for name, wanted in by_buyer.items():
            group.create_task(one(name, wanted))
    shop.bought.sort(key=lambda each: each.wish.number)
    assert len(shop.bought) == ORDERS
    paid = sum(each.wish.is_paid for each in shop.bought)
    print(f"  {ORDERS} orders were placed, {paid} of them paid", flush=True)


async def _order(shop: Shop, buyer: Shopper, wish: Wish, code: str | None) -> Bought:
    """Place an order, and do with its payment what the wish says."""
    lines = [{"variant_id": shop.shelf[at].variant_id, "quantity": count} for at, count in wish.lines]
    place = _PLACES[wish.country]
    asked: dict[str, Any] = {"lines": lines, "currency": wish.currency, "vat_id": wish.vat_id}
    destination = {"country": wish.country, "postal_code": place["postal_code"]}
    seen = await _calculated(buyer, {**asked, "destination": destination})
    offered = sorted(seen["methods"], key=lambda each: each["price"]["amount"])
    method = offered[min(wish.method, len(offered) - 1)]["id"]
    chosen = {**asked, "destination": destination, "codes": [code] if code else [], "method_id": method}
    seen = await _calculated(buyer, chosen)
    refused = [each["reason"] for each in seen["rejected_codes"]]
    # Nothing is taken off shipping that costs nothing.
    assert refused in ([], ["unknown" if wish.code == "NOT-OURS" else "no-effect"]), f"{wish}: {refused}"
    codes, total = [code] if code and not refused else [], seen["total"]
    address = {"name": f"Ada Nr. {wish.number}", "country": wish.country, **place}
    body = {
        **asked,
        "email": buyer.email,
        "locale": wish.locale,
        "shipping_address": address,
        "billing_address": {**address, "name": "Lovelace GmbH"} if wish.vat_id else None,
        "shipping_method": method,
        "payment_method": wish.payment,
        "discount_codes": codes,
        "expected_total": total,
    }
    placed = await (placed_by_staff(shop, buyer, body) if wish.by_staff else _placed(buyer, body))
    order = placed["order"]
    assert order["total"] == total, f"{wish}: {order['total']}, and {total} was calculated"
    assert order["reverse_charge"] == (wish.vat_id is not None), f"{wish}: reverse charge {order['reverse_charge']}"
    owner = await _with_token(buyer, placed.get("order_token"))
    bought = Bought(wish, owner, order, [wish.code] if codes and wish.code else [])
    await _end(shop, bought, placed)
    return bought


async def _placed(buyer: Shopper, body: dict[str, Any]) -> dict[str, Any]:
    """The answer to an order, which is asked for until it is placed."""
    key = f"shop-day-{time.time_ns()}"
    answer = await buyer.retry(
        lambda: buyer.call("POST", "/api/v1/orders", json=body, **{"Idempotency-Key": key}), PATIENCE
    )
    assert answer.status == 201, f"{body}: {answer}"
    placed: dict[str, Any] = answer.body
    return placed


async def _calculated(buyer: Shopper, body: dict[str, Any]) -> Any:
    answer = await buyer.retry(lambda: buyer.call("POST", "/api/v1/checkout/calculations", json=body), PATIENCE)
    assert answer.status == 200, answer
    return answer.body


async def _with_token(buyer: Shopper, token: str | None) -> Shopper:
    """The buyer as the owner of an order: a guest needs its token."""
    if not token:
        return buyer
    return Shopper(buyer.store, buyer.http, buyer.base, buyer.email, {**buyer.headers, "Order-Token": token})


async def _end(shop: Shop, bought: Bought, placed: dict[str, Any]) -> None:
    """Pay, be declined, give it up, or go away."""
    wish, buyer = bought.wish, bought.buyer
    bought.mails["confirmation" if wish.is_paid else "cancelled"] += 1
    bought.mails["payment_link"] += wish.by_staff
    bought.mails["placed"] += wish.payment != "card" and not wish.by_staff
    if wish.ending == "given up":
        ended = await buyer.call("POST", f"/api/v1/orders/{bought.id}/cancel")
        assert ended.status == 200, ended
    if wish.ending in {"declined", "declined first"}:
        payment = await _payment(bought, placed)
        assert (await buyer.confirm(payment, shoppers.DECLINED)).status == 402
    if wish.is_paid:
        await _pay(shop, bought, placed)
        await buyer.until(bought.id, "paid")


async def _pay(shop: Shop, bought: Bought, placed: dict[str, Any]) -> None:
    """By card, or by money that staff say has come. What costs nothing is not paid."""
    total = bought.order["total"]
    if bought.wish.payment != "card":
        assert placed["payment_instructions"]["amount"] == total, placed
        receipt = {"amount": total, "reference": f"shop-day/{bought.wish.number}"}
        if bought.wish.by_staff:
            await shop.ask("POST", f"{bought.path}/receipts", receipt)
            return
        (payment,) = await shop.all_pages(f"/api/v1/admin/payments?order_id={bought.id}")
        await shop.ask("POST", f"/api/v1/admin/payments/{payment['id']}/receipts", receipt)
    elif total["amount"]:
        confirmed = await bought.buyer.confirm(await _payment(bought, placed), _card(bought.wish))
        assert confirmed.status == 200, f"{bought.name}: {confirmed}"


def _card(wish: Wish) -> str:
    if wish.story.startswith("dispute"):
        return shoppers.DISPUTES
    return shoppers.AVAILABLE if wish.number % 3 else shoppers.OK


async def _payment(bought: Bought, placed: dict[str, Any]) -> dict[str, Any]:
    """What the order's payment is confirmed with, once it can be."""
    deadline = time.monotonic() + PATIENCE
    while (payment := placed["payment"]) is None:
        assert time.monotonic() < deadline, f"{bought.name} cannot be paid"
        await asyncio.sleep(0.5)
        placed = (await bought.buyer.call("GET", f"/api/v1/orders/{bought.id}/payment")).body
    found: dict[str, Any] = payment
    return found
