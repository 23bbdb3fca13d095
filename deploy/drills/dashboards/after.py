"""Journeys of the drill after the sale: parcels, returns, refunds by staff, disputes."""

from __future__ import annotations

import uuid
from typing import Any

from deploy.drills import restored
from deploy.drills.dashboards.trade import Trade, expect
from proofs import shopper as shoppers
from proofs.attack.people import boss_of
from proofs.shopper import Shopper
from proofs.waiting import eventually

_LINES = "select position, quantity from order_lines where order_id = $1::uuid order by position"
_DISPUTED = "select exists (select from order_disputes where order_id = $1::uuid)"
_REFUNDED = "select exists (select from refunds where order_id = $1::uuid and status = 'refunded')"


async def returned(trade: Trade, buyer: Shopper) -> None:
    """Buy, get a parcel, send all of it back, and be paid back."""
    order = await _paid(trade, buyer)
    lines = [dict(row) for row in await trade.store.rows("orders", _LINES, order)]
    async with boss_of(trade.store) as boss:

        async def staff(path: str, body: Any, status: int = 200) -> Any:
            url = f"/api/v1/admin/orders/{order}/{path}"
            return await expect(status, boss.call("POST", url, json=body, **{"Idempotency-Key": uuid.uuid4().hex}))

        parcel = await staff("parcels", {"lines": lines, "carrier": "ups", "tracking_number": "1Z999AA1"}, 201)
        trade.journal["parcel: sent"] += 1
        await staff(f"parcels/{parcel['id']}/delivered", {})
        trade.journal["parcel: delivered"] += 1
        wish = {"lines": lines, "reason": "does_not_fit"}
        key = {"Idempotency-Key": uuid.uuid4().hex}
        asked = await expect(201, buyer.call("POST", f"/api/v1/orders/{order}/returns", json=wish, **key))
        trade.journal["return: requested"] += 1
        await staff(f"returns/{asked['id']}/approve", {})
        trade.journal["return: approved"] += 1
        back = [{"position": line["position"], "restocked": line["quantity"]} for line in lines]
        await staff(f"returns/{asked['id']}/receive", {"lines": back})
        trade.journal["back: restocked"] += sum(line["quantity"] for line in lines)
        await staff(f"returns/{asked['id']}/refund", {}, 201)
    await eventually(lambda: trade.store.value("orders", _REFUNDED, order), 60, "a refund that was accepted")


async def disputed(trade: Trade, buyer: Shopper) -> None:
    """Buy, and dispute it at the bank."""
    order = await _paid(trade, buyer)
    intent = await restored.intent_of(trade.store, order)
    await trade.store.double_control("disputes", {"payment_intent": intent})
    await eventually(lambda: trade.store.value("orders", _DISPUTED, order), 60, "a dispute that orders knows")


async def _paid(trade: Trade, buyer: Shopper) -> str:
    order, payment = await trade.order(buyer)
    await trade.confirm(buyer, payment, shoppers.OK)
    await buyer.until(order, "paid")
    return order
