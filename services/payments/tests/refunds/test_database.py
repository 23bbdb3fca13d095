"""What the database refuses about refunds, whatever the code does."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from chassis.values import uuid7
from payments.tests.shop import Shop

ASK = (
    "insert into refunds (id, payment_id, amount, currency, reason, origin, status, key, next_check_at)"
    " select $1::uuid, id, $2, $3, 'other', 'shop', 'requested', 'refund-x', now() from payments where order_id = $4"
)


async def test_refunds_are_never_more_than_was_captured_though_many_write_at_once(shop: Shop):
    order_id = await shop.captured()
    ended = await asyncio.gather(
        *(shop.rows(ASK, uuid7(), 2000, "EUR", order_id) for _ in range(6)), return_exceptions=True
    )
    assert sum(isinstance(each, asyncpg.CheckViolationError) for each in ended) == 4
    assert (await shop.refunds(order_id))["refundable"] == 200


async def test_what_is_not_captured_or_of_another_currency_is_not_refunded(shop: Shop):
    open_order, taken = await shop.authorised(), await shop.captured()
    with pytest.raises(asyncpg.CheckViolationError, match="payments_refunds_sum"):
        await shop.rows(ASK, uuid7(), 1, "EUR", open_order)
    with pytest.raises(asyncpg.CheckViolationError, match="its payment's currency"):
        await shop.rows(ASK, uuid7(), 1, "USD", taken)


BOOK = "insert into ledger_transactions (id, payment_id, kind, reference) select $1, id, 'refund', $2 from payments"


FORBIDDEN = [
    "update refunds set amount = 1, version = version + 1",
    "update refunds set origin = 'provider', version = version + 1",
    "update refunds set id = gen_random_uuid(), version = version + 1",
    "update refunds set provider_id = 're_other', version = version + 1",
    "update refunds set status = 'pending', next_check_at = now(), version = version + 1",
    "update refunds set status = 'requested', accepted_at = null, next_check_at = now(), version = version + 1",
    "update refunds set updated_at = now()",
    "delete from refunds",
]


async def test_a_refund_cannot_be_changed_nor_go_back(shop: Shop):
    order_id, refund_id = await shop.captured(), uuid7()
    await shop.refund(order_id, 1200, refund_id)
    await shop.refund_becomes(refund_id, "succeeded")
    before = await shop.rows("select * from refunds")
    for statement in FORBIDDEN:
        with pytest.raises(asyncpg.RestrictViolationError):
            await shop.rows(statement)
    assert await shop.rows("select * from refunds") == before
    with pytest.raises(asyncpg.CheckViolationError, match="is not reversed"):
        await shop.rows("update refunds set status = 'failed', failure = 'x', version = version + 1")
    with pytest.raises(asyncpg.UniqueViolationError, match=r"ledger_(of_payment|reference)_once"):
        await shop.rows(BOOK, uuid7(), str(refund_id))


async def test_what_is_accepted_is_booked_in_the_same_transaction(shop: Shop):
    order_id = await shop.captured()
    await shop.rows(ASK, uuid7(), 100, "EUR", order_id)
    accept: Any = (
        "update refunds set status = 'succeeded', provider_id = 're_1', accepted_at = now(), next_check_at = null"
    )
    with pytest.raises(asyncpg.CheckViolationError, match="is not booked"):
        await shop.rows(f"{accept}, version = version + 1")
