"""Credit notes: one for each refund, with the refund's sums, and together no more than the invoice."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.values import uuid7
from orders.documents import Document
from orders.documents.domain.content import Content, DocumentError, checked, invoice_of
from orders.documents.domain.credit import Credit, CreditedLine, credit_note_of
from orders.documents.domain.shipping_back import Credited
from orders.documents.domain.spreading import spread
from orders.pricing import tax_in
from orders.tests.documents.examples import (
    SELLER,
    changed,
    credited,
    line,
    numbers,
    order_with,
    paid_orders,
    random_order,
    reversed_note,
)
from orders.tests.documents.test_invoices import hold_invoicing
from orders.tests.shop import Shop

ORDER = order_with(line(1, 11_900, 2, 190_000, discount=1_190), line(2, 1_070, 1, 70_000))


def note(credit: Credit, *before: Content) -> Content:
    known = Credited("INV-1", invoice_of(ORDER, SELLER), before)
    return credit_note_of(ORDER, credit, known, SELLER)


def test_an_invoice_worked_by_hand() -> None:
    invoice = invoice_of(ORDER, SELLER)
    assert [(each.rate, each.net, each.tax, each.gross) for each in invoice.taxes] == [
        (190_000, 19_496, 3_704, 23_200),
        (70_000, 1_000, 70, 1_070),
    ]
    assert (invoice.net, invoice.tax, invoice.total) == (20_496, 3_774, 24_270)


def test_a_credit_note_of_pieces_and_shipping_worked_by_hand() -> None:
    one = CreditedLine(1, 1, 11_305, 1_805)
    made = note(Credit(refund_id=uuid7(), amount=11_895, lines=(one,), shipping=590, shipping_tax=94))
    assert (made.net, made.tax, made.total, made.invoice_number) == (9_996, 1_899, 11_895, "INV-1")
    assert [(each.title, each.quantity, each.gross) for each in made.lines] == [("Print 1", 1, 11_305)]
    assert made.shipping is not None
    assert made.shipping.gross == 590


def test_an_amount_alone_is_spread_over_the_rates_of_the_invoice() -> None:
    made = note(Credit(refund_id=uuid7(), amount=1_000, reason="late"))
    assert [(each.rate, each.gross, each.tax) for each in made.taxes] == [(190_000, 956, 153), (70_000, 44, 3)]
    rest = note(Credit(refund_id=uuid7(), amount=ORDER.total - 1_000), made)
    assert (made.tax + rest.tax, made.net + rest.net) == (ORDER.tax, ORDER.total - ORDER.tax)


@given(seed=st.integers(0, 10_000), cuts=st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_refunds_of_an_order_add_up_to_its_invoice(seed: int, cuts: list[int]) -> None:
    order = random_order(seed)
    if order.total <= 0:
        return
    invoice, left = invoice_of(order, SELLER), order.total
    notes: list[Content] = []
    for cut in [*cuts, 10**12]:
        amount = min(cut, left)
        if not amount:
            break
        credit = Credit(refund_id=uuid7(), amount=amount)
        notes.append(checked(credit_note_of(order, credit, Credited("INV-1", invoice, tuple(notes)), SELLER)))
        left -= amount
    assert sum(each.total for each in notes) == order.total
    assert sum(each.tax for each in notes) == order.tax
    for rate in invoice.taxes:
        assert rate.gross == sum(one.gross for each in notes for one in each.taxes if one.rate == rate.rate)


@given(amount=st.integers(0, 10**9), weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
def test_parts_add_up_and_none_is_more_than_one_unit_off(amount: int, weights: list[int]) -> None:
    parts, whole = spread(amount, weights), sum(weights)
    assert sum(parts) == amount
    assert all(part >= 0 for part in parts)
    assert not whole or all(
        abs(part * whole - amount * weight) < whole for part, weight in zip(parts, weights, strict=True)
    )


def test_tax_is_rounded_half_up() -> None:
    assert [tax_in(gross, 190_000) for gross in (0, 1, 3, 4, 119)] == [0, 0, 0, 1, 19]
    assert tax_in(3, 500_000) == 1
    assert tax_in(201, 5_000) == 1


@pytest.mark.parametrize(
    "credit",
    [
        {"amount": 0},
        {"amount": ORDER.total + 1},
        {"amount": 100, "lines": (CreditedLine(3, 1, 100, 0),)},
        {"amount": 100, "lines": (CreditedLine(1, 3, 100, 0),)},
        {"amount": 100, "lines": (CreditedLine(1, -1, 100, 0),)},
        {"amount": 100, "lines": (CreditedLine(1, 1, 101, 0),)},
        {"amount": 100, "lines": (CreditedLine(1, 1, 100, 101),)},
        {"amount": 1_100, "lines": (CreditedLine(2, 1, 1_070, 70),), "shipping": 30, "shipping_tax": 31},
    ],
)
def test_a_refund_that_does_not_add_up_makes_no_credit_note(credit: dict[str, object]) -> None:
    with pytest.raises(DocumentError):
        note(Credit(refund_id=uuid7(), **credit))  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"total": 24_271}, {"tax": 1, "tax_added": 0}])
def test_an_order_that_does_not_add_up_makes_no_invoice(wrong: dict[str, int]) -> None:
    with pytest.raises(DocumentError, match="M-7F3K9Q does not add up"):
        invoice_of(changed(ORDER, **wrong), SELLER)


async def test_a_refund_has_one_credit_note_and_all_of_them_are_no_more_than_the_invoice(shop: Shop) -> None:
    await hold_invoicing(shop)
    (order_id,) = await paid_orders(shop, 1)
    total = await shop.value("select total from orders")
    refund, small = uuid7(), total // 4
    made = await asyncio.gather(
        *(credited(shop, order_id, refund_id=refund, amount=small) for _ in range(4)),
        *(credited(shop, order_id, amount=small) for _ in range(6)),
        return_exceptions=True,
    )
    assert len({each.number for each in made[:4] if isinstance(each, Document)}) <= 1
    refused = [each for each in made if isinstance(each, BaseException)]
    assert refused
    assert all(isinstance(each, DocumentError) for each in refused)
    assert await shop.value("select count(*) from documents where kind = 'credit_note'") == 4
    assert await shop.value("select count(*) from documents where kind = 'invoice'") == 1
    assert sorted((await numbers(shop)).values()) == [[1], [1, 2, 3, 4]]
    assert await shop.value("select sum(total) from documents where kind = 'credit_note'") == 4 * small
    again = "insert into document_series values ('CN-1999', 1)"
    more = """
    insert into documents (id, order_id, kind, refund_id, invoice_id, series, seq, issued_on, language, currency, total,
        tax, content)
    select uuidv7(), order_id, kind, uuidv7(), invoice_id, 'CN-1999', 1, issued_on, language, currency, total, tax,
        content from documents where kind = 'credit_note' limit 1
    """
    with pytest.raises(asyncpg.CheckViolationError, match="documents_credit_sums"):
        async with shop.service.ctx.db.write() as tx:
            await tx.execute(again)
            await tx.execute(more)


def test_a_line_that_got_cheaper_has_no_pieces() -> None:
    made = note(Credit(refund_id=uuid7(), amount=119, lines=(CreditedLine(1, 0, 119, 19),)))
    assert [(each.unit_price, each.gross) for each in made.lines] == [(None, 119)]


async def test_the_credit_note_of_a_refund_that_failed_is_reversed_once_and_may_be_given_again(shop: Shop) -> None:
    await hold_invoicing(shop)
    (order_id,) = await paid_orders(shop, 1)
    total, failed = await shop.value("select total from orders"), uuid7()
    await credited(shop, order_id, refund_id=failed, amount=total)
    with pytest.raises(DocumentError):
        await credited(shop, order_id, amount=1)
    reversals = await asyncio.gather(*(reversed_note(shop, order_id, failed) for _ in range(3)))
    assert len({each.number for each in reversals if each}) == 1
    assert await reversed_note(shop, order_id, uuid7()) is None
    await credited(shop, order_id, amount=total)
    assert [each[1] for each in sorted((await numbers(shop)).items())] == [[1, 2, 3], [1]]
    sql = "select array_agg(kind order by series, seq) from documents"
    assert await shop.value(sql) == ["credit_note", "reversal", "credit_note", "invoice"]


async def test_an_order_that_never_was_paid_has_nothing_to_correct(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    assert await credited(shop, UUID(placed.id), amount=1) is None
    assert await shop.value("select count(*) from document_series") == 0


def test_the_rounding_of_an_order_is_given_back_as_such_and_no_other_amount_is() -> None:
    order = changed(order_with(line(1, 11_900, 1, 190_000), shipping=0), rounding=5, total=11_905)
    known = Credited("INV-1", invoice_of(order, SELLER))
    whole = Credit(refund_id=uuid7(), amount=11_905, lines=(CreditedLine(1, 1, 11_900, 1_900),), rounding=5)
    made = credit_note_of(order, whole, known, SELLER)
    assert (made.rounding, made.net, made.tax, made.total) == (5, 10_000, 1_900, 11_905)
    unknown = credit_note_of(order, Credit(refund_id=uuid7(), amount=1_190, rounding=1_190), known, SELLER)
    assert (unknown.rounding, unknown.net, unknown.tax, unknown.total) == (0, 1_000, 190, 1_190)
