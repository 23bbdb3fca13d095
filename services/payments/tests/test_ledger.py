"""What the database refuses, whatever the code does; and the check of the books."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
import pytest

from chassis.testing import eventually
from chassis.values import uuid7
from payments.jobs import delete_old_webhooks
from payments.store import ledger
from payments.tests.shop import Shop

TRANSACTION = "insert into ledger_transactions (id, payment_id, kind) values ($1, $2, 'capture')"
ENTRY = "insert into ledger_entries values ($1, $2, $3, $4, $5, $6)"


async def payment_of(shop: Shop) -> Any:
    order_id = uuid7()
    return (await shop.create(order_id)).json()["payment_id"]


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [("provider_receivable", "debit", 100, "EUR")],
        [("provider_receivable", "debit", 100, "EUR"), ("customer_orders", "credit", 99, "EUR")],
        [("provider_receivable", "debit", 100, "EUR"), ("customer_orders", "credit", 100, "USD")],
        [("provider_receivable", "debit", 100, "EUR"), ("customer_orders", "debit", 100, "EUR")],
    ],
)
async def test_a_transaction_that_does_not_balance_cannot_be_committed(shop: Shop, entries: list[Any]):
    payment_id = await payment_of(shop)
    transaction = uuid7()

    async def post() -> None:
        async with shop.app.ctx.db.write() as tx:
            await tx.execute(TRANSACTION, transaction, payment_id)
            for position, entry in enumerate(entries):
                await tx.execute(ENTRY, transaction, position, *entry)

    with pytest.raises(asyncpg.CheckViolationError, match=r"does not balance|has no entries"):
        await post()
    assert await shop.rows("select from ledger_transactions") == []


async def captured(shop: Shop) -> None:
    order_id = await shop.authorised()
    await shop.ask(order_id, "capture")
    await shop.becomes(order_id, "captured")


FORBIDDEN = [
    "update ledger_entries set amount = 1",
    "delete from ledger_entries",
    "update ledger_transactions set occurred_at = now()",
    "delete from ledger_transactions",
    "delete from payments",
    "update payments set amount = 1, version = version + 1",
    "update payments set currency = 'USD', version = version + 1",
    "update payments set order_id = gen_random_uuid(), version = version + 1",
    "update payments set intent_id = 'pi_other', version = version + 1",
    "update payments set status = 'authorised', captured_at = null, next_check_at = now(), version = version + 1",
    "update payments set updated_at = now()",
]


async def test_ledger_entries_cannot_be_changed(shop: Shop):
    await captured(shop)
    before = await shop.rows("select * from payments"), await shop.rows("select * from ledger_entries")
    for statement in FORBIDDEN:
        with pytest.raises(asyncpg.RestrictViolationError):
            await shop.rows(statement)
    assert (await shop.rows("select * from payments"), await shop.rows("select * from ledger_entries")) == before


async def test_a_second_capture_cannot_be_booked_nor_one_entry_added(shop: Shop):
    await captured(shop)
    (row,) = await shop.rows("select id, payment_id from ledger_transactions")
    with pytest.raises(asyncpg.UniqueViolationError, match="ledger_of_payment_once"):
        await shop.rows(TRANSACTION, uuid7(), row["payment_id"])
    with pytest.raises(asyncpg.CheckViolationError, match="does not balance"):
        await shop.rows(ENTRY, row["id"], 7, "customer_orders", "credit", 1, "EUR")


async def test_an_intent_belongs_to_one_payment(shop: Shop):
    await payment_of(shop)
    with pytest.raises(asyncpg.UniqueViolationError, match="payments_intent_once"):
        await shop.rows(
            "insert into payments (id, order_id, amount, currency, status, intent_id, client_secret, create_key,"
            " next_check_at) select gen_random_uuid(), gen_random_uuid(), amount, currency, status, intent_id,"
            " client_secret, create_key, now() from payments"
        )


async def test_the_check_reports_changed_ledger_entries(shop: Shop):
    await captured(shop)
    await shop.books_show(0.0)
    connection = await asyncpg.connect(shop.app.db_owner_url)
    await connection.execute("set session_replication_role = replica")  # no trigger fires: the books are tampered with
    await connection.execute("update ledger_entries set amount = 4000 where account = 'customer_orders'")
    await connection.close()
    await shop.books_show(200.0)


async def test_the_check_of_each_minute_reads_an_hour(shop: Shop):
    order_id, old, failing = await shop.captured(), uuid7(), uuid7()
    for refund_id in (old, failing):
        await shop.refund(order_id, 1200, refund_id)
        await shop.refund_becomes(refund_id, "succeeded")
    for table, column in (
        ("ledger_transactions", "occurred_at"),
        ("payments", "captured_at"),
        ("refunds", "accepted_at"),
    ):
        await shop.tampered(f"update {table} set {column} = {column} - interval '2 days'")
    assert await books_of(shop) == []
    # Of a refund before that hour, and of one within it.
    today = uuid7()
    await shop.refund(order_id, 600, today)
    await shop.refund_becomes(today, "succeeded")
    assert await books_of(shop) == [ledger.Books("EUR", 0, 0)]
    for refund in shop.double.refunds(order_id):
        if refund["metadata"]["refund_id"] != str(old):
            shop.double.control(f"refunds/{refund['id']}", status="failed")
            await eventually(partial(shop.listener.about, refund["id"], "refund.updated"), what="the webhook")
            await shop.deliver_all(refund["id"])
    for refund_id in (failing, today):
        await shop.refund_becomes(refund_id, "failed")
    assert await books_of(shop) == [ledger.Books("EUR", 0, 0)]
    await shop.tampered("update refunds set accepted_at = now() where id = $1", old)
    assert await books_of(shop) == [ledger.Books("EUR", 0, -1200)]


async def books_of(shop: Shop) -> list[ledger.Books]:
    async with shop.app.ctx.db.report() as tx:
        return await ledger.books(tx)


async def test_webhooks_are_deleted_after_ninety_days(shop: Shop):
    insert = (
        "insert into provider_events (id, type, payload, received_at, applied_at, outcome) "
        "select $1 || n, 'x', '{}', now() - $2::interval, now(), 'ignored' from generate_series(1, 2500) n"
    )
    await shop.rows(insert, "old", timedelta(days=91))
    await shop.rows(insert, "new", timedelta(days=89))
    await delete_old_webhooks(shop.app.ctx)
    rows = await shop.rows("select left(id, 3) as age, count(*) from provider_events group by 1")
    assert [tuple(row) for row in rows] == [("new", 2500)]
