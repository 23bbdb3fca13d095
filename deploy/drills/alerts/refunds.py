"""What causes alerts about refunds: none is made, or customers dispute what is refunded."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.drills.alerts.shop import Shop, intent_of, paid, refunded_by_staff, repeated, superuser
from proofs.internal import as_orders
from proofs.waiting import eventually

_WAITING = "select count(*) from refunds where status = 'requested'"
_OLDER = "update refunds set created_at = created_at - interval '5 hours' where status = 'requested'"
_AGAIN = "update refunds set next_check_at = now(), version = version + 1 where next_check_at is not null"


async def _refund(shop: Shop, order: str, currency: str) -> None:
    body = {"refund_id": str(uuid.uuid4()), "amount": 1, "currency": currency, "reason": "other"}
    asked = await as_orders(shop.store, f"payments/{order}/refunds", body)
    if asked.status != 202:
        raise AssertionError(asked)


@asynccontextmanager
async def stuck(shop: Shop) -> AsyncIterator[None]:
    """Staff give money back and the provider makes no refunds, for five hours by the times that are stored."""
    order, currency = await paid(shop)
    await shop.store.double_control("faults", {"fail_before_commit": 1_000_000, "operation": "refund"})
    try:
        await refunded_by_staff(shop, order, {"amount": 1, "currency": currency})
        async with superuser(shop.store, "payments") as payments, superuser(shop.store, "orders") as orders:
            await eventually(lambda: payments.fetchval(_WAITING), 60, "a refund that waits")
            for connection in (payments, orders):
                await connection.execute(f"set session_replication_role = replica; {_OLDER}")
            yield
    finally:
        await shop.store.double_control("faults", {})
        async with superuser(shop.store, "payments") as connection:
            await connection.execute(_AGAIN)


@asynccontextmanager
async def failed(shop: Shop) -> AsyncIterator[None]:
    """Customers dispute what they paid for, and the shop refunds it nevertheless: the provider refuses."""

    async def refund_a_disputed_order() -> None:
        order, currency = await paid(shop)
        await shop.store.double_control("disputes", {"payment_intent": await intent_of(shop, order)})
        await _refund(shop, order, currency)

    async with repeated(refund_a_disputed_order, 0.2, at_once=4):
        yield
