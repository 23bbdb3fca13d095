"""What causes the alert on documents: an order whose amounts do not add up, and a refund of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.drills.alerts.shop import Shop, pay, placed, refunded_by_staff, run_now, superuser
from proofs.shopper import shopper
from proofs.waiting import eventually

_WRONG = "update orders set tax = tax + 1 where id = $1::uuid"
_RIGHT = "update orders set tax = tax - 1 where id = $1::uuid"
# Paid minutes ago, in a store that has run for longer.
_OLDER = "update orders set paid_at = paid_at - interval '5 minutes' where id = $1::uuid"
_BEGAN = "update invoicing set since = since - interval '1 hour'"
_REFUNDED = "select exists (select from refunds where order_id = $1::uuid and status = 'refunded')"
_KINDS = "select string_agg(kind, ' ' order by kind) from documents where order_id = $1::uuid"


@asynccontextmanager
async def missing(shop: Shop) -> AsyncIterator[None]:
    """The tax of an order is a unit too much, so it gets no invoice, and its refund no credit note; then it is put
    right, and they are written.
    """
    async with superuser(shop.store, "orders") as connection, shopper(shop.store, https=False) as buyer:
        await connection.execute("set session_replication_role = replica")
        answer = await placed(shop, buyer)
        await connection.execute(_WRONG, answer["order"]["id"])
        order, currency = await pay(shop, buyer, answer)
        await refunded_by_staff(shop, order, {"amount": 1, "currency": currency})
        await eventually(lambda: connection.fetchval(_REFUNDED, order), 60, "a refund that was accepted")
        await connection.execute(_OLDER, order)
        await connection.execute(_BEGAN)
        yield
        await connection.execute(_RIGHT, order)
        await run_now(shop, "orders", "orders.write_missing_documents")
        written = await connection.fetchval(_KINDS, order)
        if written != "credit_note invoice":
            raise AssertionError(written)
