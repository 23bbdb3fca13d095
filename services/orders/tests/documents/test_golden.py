"""Invoices and credit notes of orders worked by hand, to the unit: golden/README.md."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import msgspec
import pytest

from chassis.values import uuid7
from orders.checkout import Order
from orders.checkout.domain import numbers
from orders.checkout.store import new_order
from orders.checkout.store.new_order import Basket, NewOrder
from orders.documents.domain.content import Content, invoice_of
from orders.documents.domain.credit import credit_note_of
from orders.documents.domain.page import page_of
from orders.documents.domain.shipping_back import Credited
from orders.documents.store import documents
from orders.documents.usecases.issue_invoices import issue_invoices
from orders.shoppers import Holder
from orders.tests.documents.examples import SELLER, credited, stored
from orders.tests.documents.golden_documents import (
    GoldenDocuments,
    basket_of,
    credits_of,
    golden_documents,
    left_after,
    paid_order,
    said,
)
from orders.tests.documents.test_invoices import hold_invoicing
from orders.tests.documents.test_printing import DAY
from orders.tests.shop import Shop

DOCUMENTS = golden_documents()


def credit_notes(order: Order, golden: GoldenDocuments, invoice: Content) -> list[Content]:
    notes: list[Content] = []
    for credit in credits_of(order, golden.order):
        notes.append(credit_note_of(order, credit, Credited("INV-1", invoice, tuple(notes)), SELLER))
    return notes


def words_of(content: Content) -> str:
    page = page_of(content, "1", DAY, "en", "UTC")
    return "\n".join([*page.notes, *(name for name, _ in page.sums), *(column.title for column in page.columns)])


@pytest.mark.parametrize("golden", DOCUMENTS, ids=str)
def test_documents_say_what_was_worked_by_hand(golden: GoldenDocuments) -> None:
    order = paid_order(golden.order)
    invoice = invoice_of(order, SELLER)
    expected = {name: value for name, value in golden.invoice.items() if name not in {"reverse_charge", "says"}}
    assert said(invoice) == expected
    assert invoice.reverse_charge == golden.invoice["reverse_charge"]
    notes = credit_notes(order, golden, invoice)
    assert len(notes) == len(golden.notes)
    for at, (note, worked) in enumerate(zip(notes, golden.notes, strict=True), start=1):
        left = worked["left"]
        assert said(note) == {name: value for name, value in worked.items() if name != "left"}
        assert left_after(invoice, notes[:at]) == left


@pytest.mark.parametrize("golden", DOCUMENTS, ids=str)
def test_an_invoice_says_why_a_tax_is_not_owed_and_no_other_reason(golden: GoldenDocuments) -> None:
    words = words_of(invoice_of(paid_order(golden.order), SELLER))
    for why in golden.invoice["says"]:
        assert why in words, words
    others = {each for each in ("Exempt", "Reverse charge", "not taxable") if each not in str(golden.invoice["says"])}
    assert not [each for each in others if each in words], words
    if golden.order.given["currency"] == "USD":
        assert not [each for each in ("VAT", "Directive", "EU", "Community") if each in words], words


def test_each_row_is_its_listed_price_less_what_was_taken_off() -> None:
    """In a currency whose listed prices hold the tax; else it comes on top."""
    for golden in DOCUMENTS:
        order = paid_order(golden.order)
        invoice = invoice_of(order, SELLER)
        added = 0 if order.tax_included else 1
        for row in (row for note in [invoice, *credit_notes(order, golden, invoice)] for row in note.lines):
            listed = (row.unit_price or 0) * row.quantity
            assert listed - row.discount - row.relief == row.gross - added * row.tax, (str(golden), row)


def test_there_are_forty_orders_and_credit_notes_of_most() -> None:
    assert len(DOCUMENTS) >= 40
    assert sum(bool(each.notes) for each in DOCUMENTS) >= 30
    assert sum(each.notes != [] and each.notes[-1]["left"]["total"] > 0 for each in DOCUMENTS) >= 10


async def test_they_are_written_and_kept_so(shop: Shop) -> None:
    """Through the tables of orders and documents, whose own rules look at each."""
    await hold_invoicing(shop)
    placed = {uuid7(): golden for golden in DOCUMENTS}
    async with shop.service.ctx.db.write() as tx:
        version = await tx.value("select version from pricing_versions")
        for order_id, golden in placed.items():
            basket = replace(basket_of(golden.order), rules_version=version)
            assert await new_order.place(tx, new(order_id, basket), first=True)
        await tx.execute(
            "update orders set status = 'paid', payment = 'captured', stock = 'committed', paid_at = now(), "
            "next_attempt_at = null"
        )
    await issue_invoices(shop.service.ctx)
    for order_id, golden in placed.items():
        for credit in credits_of(await stored(shop, order_id), golden.order):
            await credited(shop, order_id, **msgspec.structs.asdict(credit))
        async with shop.service.ctx.db.read() as tx:
            invoice, *notes = [each.content for each in await documents.of_order(tx, order_id)]
        assert said(invoice)["taxes"] == golden.invoice["taxes"], str(golden)
        assert [said(each)["taxes"] for each in notes] == [each["taxes"] for each in golden.notes], str(golden)
        if notes:
            assert left_after(invoice, notes) == golden.notes[-1]["left"], str(golden)


def new(order_id: UUID, basket: Basket) -> NewOrder:
    """An order of a guest of its own, so that no limit is met."""
    own = order_id.bytes
    return NewOrder(
        id=order_id,
        number=numbers.draw(),
        account_id=None,
        token_hash=own * 2,
        email="ada@example.com",
        basket=basket,
        holder=Holder(own, own, own),
        hold_seconds=900,
        customer=own * 2,
    )
