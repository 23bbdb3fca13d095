"""Invoices and credit notes that could not be written at once are written later, each once."""

from __future__ import annotations

import asyncio

import asyncpg

from chassis.testing.databases import database_name
from orders.documents import metrics as document_metrics
from orders.refunds import metrics
from orders.tests.refunds.cashier import Cashier, euros

_JOB = "orders.write_missing_documents"
_SINCE = "update invoicing set since = now() - interval '1 hour', paid_until = now()"
_KINDS = "select kind, total from documents where order_id = $1 order by issued_at, kind"


async def _change(desk: Cashier, *statements: str) -> None:
    """As the database's administrator: the service cannot change what an order costs."""
    database = await asyncpg.connect(desk.service.bench.postgres.url(database_name("orders")))
    try:
        await database.execute("; ".join(["set session_replication_role = replica", *statements]))
    finally:
        await database.close()


async def _look_again(desk: Cashier) -> None:
    ctx = desk.service.ctx
    await asyncio.gather(*(ctx.jobs.table.periodic[_JOB].sweep(ctx) for _ in range(4)))


async def test_documents_of_an_order_that_did_not_add_up_are_written_when_it_does(desk: Cashier) -> None:
    order = await desk.sold()
    # Paid some minutes ago: the looks of each second have passed it by.
    await _change(desk, _SINCE, "update orders set tax = tax + 1, paid_at = now() - interval '3 minutes'")
    missing, failed = metrics.credit_notes_missing.value(), document_metrics.failed.value()
    for amount in (500, 700):
        await desk.accept(order, await desk.refunded(order, amount=euros(amount)))
    assert metrics.credit_notes_missing.value() == missing + 2
    await _look_again(desk)
    assert metrics.credit_notes_missing.value() > missing + 2
    assert document_metrics.failed.value() > failed
    assert await desk.rows(_KINDS, order) == []

    await _change(desk, "update orders set tax = tax - 1")
    await _look_again(desk)
    found = [(row["kind"], row["total"]) for row in await desk.rows(_KINDS, order)]
    assert sorted(found) == [("credit_note", 500), ("credit_note", 700), ("invoice", 4190)]
    told = metrics.credit_notes_missing.value()
    await _look_again(desk)
    assert metrics.credit_notes_missing.value() == told
    await desk.books()


async def test_a_refund_that_failed_meanwhile_gets_no_credit_note(desk: Cashier) -> None:
    order = await desk.sold()
    await _change(desk, _SINCE, "update orders set tax = tax + 1, paid_at = now() - interval '3 minutes'")
    made = await desk.refunded(order, amount=euros(500))
    await desk.accept(order, made)
    await desk.fail(order, made)
    await _change(desk, "update orders set tax = tax - 1")
    await _look_again(desk)
    assert [row["kind"] for row in await desk.rows(_KINDS, order)] == ["invoice"]


async def test_an_invoice_that_comes_with_a_credit_note_is_counted(desk: Cashier) -> None:
    await _change(desk, "update invoicing set paid_until = now() + interval '1 hour'")
    order, issued = await desk.sold(), document_metrics.issued
    before = issued.value("invoice"), issued.value("credit_note")
    await desk.accept(order, await desk.refunded(order, amount=euros(500)))
    assert (issued.value("invoice"), issued.value("credit_note")) == (before[0] + 1, before[1] + 1)
