"""Invoices: one for each paid order, numbered without a gap, whatever runs at once, rolls back or dies."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from chassis.resilience import failpoints
from chassis.resilience.failpoints import InjectedFault
from chassis.shop_profile import KeptShop
from chassis.testing import eventually
from chassis.testing.budgets import budget
from chassis.testing.counts import RecordCount
from chassis.testing.databases import database_name
from chassis.testing.statements import counted
from chassis.values import uuid7
from orders.documents.domain.content import invoice_of
from orders.documents.domain.seller import seller_of
from orders.documents.store import documents
from orders.documents.store.documents import NewDocument, Series
from orders.documents.usecases.issue_invoices import issue_invoices
from orders.tests.documents.examples import invoiced, numbers, paid_orders, paid_without_lines, stored
from orders.tests.shop import Shop

INVOICE_SERIES = "INV-{year}"


@pytest.fixture
def overrides() -> dict[str, object]:
    return {"shop_name": "Kirschgarten", "shop_address": "Am Weg 5 | 10115 Berlin", "shop_vat_id": "DE123456789"}


async def hold_invoicing(shop: Shop) -> None:
    """Take the lease of the work, so that the test alone writes invoices."""
    sql = """
    update job_schedule set leased_until = now() + interval '1 hour', runner = $1
    where name = 'orders.issue_invoices' and leased_until <= now() returning true
    """

    async def held() -> bool:
        async with shop.service.ctx.db.write() as tx:
            return bool(await tx.value(sql, uuid4()))

    await eventually(held, what="the lease of the invoices")


async def write_one(shop: Shop, order_id: UUID, *, fails: bool = False) -> int:
    order = await stored(shop, order_id)
    content = invoice_of(order, seller_of(shop.service.ctx.get(KeptShop).seller))
    new = NewDocument(id=uuid7(), order_id=order_id, kind="invoice", language="en", content=content)
    async with shop.service.ctx.db.write() as tx:
        await documents.lock_paid(tx, [order_id])
        written = await documents.write(tx, [new], Series(INVOICE_SERIES, "UTC"))
        if fails:
            raise InjectedFault("it dies before the commit")
    return written


async def test_a_paid_order_gets_one_invoice_with_its_sums(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 2))
    await shop.paid(placed)
    (invoice,) = await invoiced(shop, placed)
    order = await stored(shop, UUID(placed.id))
    assert invoice.number.startswith("INV-20")
    assert invoice.number.endswith("-000001")
    assert (invoice.content.total, invoice.content.tax) == (order.total, order.tax)
    assert invoice.content.seller.lines == ["Kirschgarten", "Am Weg 5", "10115 Berlin"]
    assert [line.gross for line in invoice.content.lines] == [line.total for line in order.lines]
    await issue_invoices(shop.service.ctx)
    assert await shop.value("select count(*) from documents") == 1


async def test_fifty_writers_give_fifty_numbers_without_a_gap(shop: Shop) -> None:
    await hold_invoicing(shop)
    orders = await paid_orders(shop, 50)
    written = await asyncio.gather(
        *(write_one(shop, order_id, fails=at % 5 == 0) for at, order_id in enumerate(orders)), return_exceptions=True
    )
    assert sum(isinstance(each, InjectedFault) for each in written) == 10
    assert written.count(1) == 40
    ((_, given),) = (await numbers(shop)).items()
    assert given == list(range(1, 41))
    await asyncio.gather(
        *(issue_invoices(shop.service.ctx) for _ in range(4)), *(write_one(shop, one) for one in orders)
    )
    ((_, given),) = (await numbers(shop)).items()
    assert given == list(range(1, 51))
    assert await shop.value("select count(distinct order_id) from documents") == 50


async def test_what_dies_before_the_commit_uses_up_no_number(shop: Shop) -> None:
    await hold_invoicing(shop)
    await paid_orders(shop, 3)
    failpoints.configure("documents.before_commit=raise*1")
    with pytest.raises(InjectedFault):
        await issue_invoices(shop.service.ctx)
    failpoints.configure("")
    assert await shop.value("select count(*) from document_series") == 0
    await issue_invoices(shop.service.ctx)
    ((_, given),) = (await numbers(shop)).items()
    assert given == [1, 2, 3]


async def test_the_database_refuses_gaps_changes_and_other_sums(shop: Shop) -> None:
    await hold_invoicing(shop)
    order_id, other = await paid_orders(shop, 2)
    await write_one(shop, order_id)
    for sql in (
        "update document_series set last = last + 1",
        "insert into document_series values ('X', 1)",
        "update document_series set last = last - 1",
        "delete from document_series",
        "update documents set total = total",
        "delete from documents",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with shop.service.ctx.db.write() as tx:
                await tx.execute(sql)
    copy = """
    insert into documents (id, order_id, kind, series, seq, issued_on, language, currency, total, tax, content)
    select uuidv7(), $1, kind, series, $2, issued_on, language, currency, total + $3, tax,
           content || jsonb_build_object('total', total + $3) from documents
    """
    for order, seq, more in ((order_id, 1, 0), (other, 2, 0), (other, 1, 1), (other, 1, 0)):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with shop.service.ctx.db.write() as tx:
                await tx.execute(copy, order, seq, more)
    with pytest.raises(asyncpg.CheckViolationError, match="documents_invoice_sums"):
        async with shop.service.ctx.db.write() as tx:
            await tx.execute("update document_series set last = 2")
            await tx.execute(copy, other, 2, 1)


async def test_an_order_that_does_not_add_up_is_left_out_and_the_others_are_invoiced(shop: Shop) -> None:
    await hold_invoicing(shop)
    rest = await paid_orders(shop, 3)
    await paid_without_lines(shop, rest[0])
    await issue_invoices(shop.service.ctx)
    ((_, given),) = (await numbers(shop)).items()
    assert given == [1, 2, 3]
    assert await shop.value("select array_agg(order_id order by order_id) from documents") == sorted(rest)


async def test_what_was_paid_before_documents_and_the_synthetic_shoppers_get_none(shop: Shop) -> None:
    await hold_invoicing(shop)
    old, probe, new = await paid_orders(shop, 3)
    async with shop.service.ctx.db.write() as tx:
        await tx.execute("update orders set paid_at = now() - interval '2 minutes' where id = $1", old)
        await tx.execute("update orders set probe = true where id = $1", probe)
        await tx.execute("update invoicing set paid_until = now()")
    await issue_invoices(shop.service.ctx)
    assert await shop.value("select array_agg(order_id) from documents") == [new]


async def test_what_commits_after_the_last_look_is_found_by_the_next(shop: Shop) -> None:
    await hold_invoicing(shop)
    (order_id,) = await paid_orders(shop, 1)
    async with shop.service.ctx.db.write() as tx:
        await tx.execute("update orders set paid_at = now() - interval '29 seconds' where id = $1", order_id)
        await tx.execute("update invoicing set paid_until = now()")
    await issue_invoices(shop.service.ctx)
    assert await shop.value("select count(*) from documents") == 1


async def test_fifty_invoices_cost_what_one_does(shop: Shop, record_count: RecordCount) -> None:
    await hold_invoicing(shop)
    for count in (1, 49):
        await paid_orders(shop, count)
        async with counted(shop.service.bench.postgres, database_name("orders")) as cost:
            await issue_invoices(shop.service.ctx)
        mine = cost.work("orders", "update orders set attempts", "from pricing_versions", "with due as")
        record_count(f"{count} invoices", statements=mine.statements, commits=mine.commits)
        most = budget("an invoice")
        assert mine.statements <= most["statements"], mine.told()
        assert (mine.begun, mine.commits, mine.jobs, mine.events) == (1, most["commits"], 0, 0), mine.told()
    assert await shop.value("select count(*) from documents") == 50


class TestOnTheOtherSideOfTheDate:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {"shop_time_zone": "Pacific/Kiritimati", "invoice_series": "R{year}", "shop_locale": "de"}

    async def test_day_and_year_are_those_of_the_shop(self, shop: Shop) -> None:
        await hold_invoicing(shop)
        await paid_orders(shop, 1)
        await issue_invoices(shop.service.ctx)
        day = await shop.value("select (now() at time zone 'Pacific/Kiritimati')::date")
        found = "select array[number, issued_on::text, language] from documents"
        number, issued, language = await shop.value(found)
        assert (number, issued, language) == (f"R{day.year}-000001", day.isoformat(), "de")
