"""Documents as PDF: what stands in them, on how many pages, the same bytes each time; hostile texts."""

from __future__ import annotations

import asyncio
import io
from datetime import date
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from pypdf import PdfReader

from chassis.problems import Unavailable
from orders.checkout import Order
from orders.documents.domain.content import Party, invoice_of
from orders.documents.domain.credit import Credit, credit_note_of, reversal_of
from orders.documents.domain.packing_slip import slip_page, whole_order
from orders.documents.domain.page import Page, page_of, shown
from orders.documents.domain.shipping_back import Credited
from orders.documents.printing import printer
from orders.documents.printing.printer import Printer
from orders.tests.documents.examples import SELLER, changed, line, order_with, random_order
from orders.tests.shop import ADDRESS

DAY = date(2026, 12, 31)


async def printed(page: Page) -> tuple[str, int]:
    """The text of the PDF, with plain spaces, and how many pages it has."""
    reader = PdfReader(io.BytesIO(await Printer().pdf("invoice", page)))
    return "\n".join(each.extract_text() for each in reader.pages).replace("\xa0", " "), len(reader.pages)


def invoice(order: Order, language: str = "de") -> Page:
    return page_of(invoice_of(order, SELLER), "R-2026-000042", DAY, language, "Europe/Berlin")


async def test_a_german_invoice_says_all_that_it_must() -> None:
    greek = {"name": "Δημήτρης Παπαδόπουλος", "line1": "Οδός Ερμού 12", "city": "Αθήνα", "country": "GR"}
    order = order_with(
        line(1, 119_000, 2, 190_000, discount=1_190, title="Щедрівка", variant_title="A3"),
        line(2, 1_070, 1, 70_000),
        billing_address=greek,
        vat_id="EL123456789",
    )
    text, pages = await printed(invoice(order))
    assert pages == 1
    for said in (
        *("Rechnung R-2026-000042", "31.12.2026", "01.01.2027", "M-7F3K9Q", "Seite 1 von 1", "EL123456789"),
        *("Kirschgarten Drucke GmbH", "DE123456789", "Δημήτρης Παπαδόπουλος", "Οδός Ερμού 12", "Щедрівка (A3)"),
        *("1.190,00", "\u221211,90", "2.368,10", "Versand: Parcel", "378,10", "7 %", "Ada Lovelace"),
        *("Enthaltene Rabatte", "Summe ohne Steuer", "Gesamtbetrag", "2.384,70 €", "Preise mit Steuer"),
    ):
        assert said in text, said


async def test_reverse_charge_says_so_in_both_languages_and_yen_have_no_decimals() -> None:
    lines = [line(1, 1200, 3, 0)]
    order = order_with(*lines, shipping=0, currency="JPY", reverse_charge=True, vat_id="FR1", tax_included=False)
    german, _ = await printed(invoice(order))
    assert "Steuerschuldnerschaft des Leistungsempfängers / Reverse charge" in german
    assert "3.600 ¥" in german
    english, _ = await printed(invoice(order, "en"))
    assert "Reverse charge: the recipient" in english
    assert "¥3,600" in english
    assert "Prices are without tax" in english


async def test_relief_and_rounding_are_named() -> None:
    exported = order_with(line(1, 11_900, 1, 0, charged=10_000), shipping=0, tax_relief=1_900)
    rounded = changed(exported, rounding=5, total=10_005, currency="KWD")
    text, _ = await printed(invoice(rounded, "en"))
    for said in ("Tax not charged", "KWD 1.900", "Rounding", "KWD 0.005", "KWD 10.005"):
        assert said in text, said


async def test_a_credit_note_names_its_invoice_and_the_reason() -> None:
    order = order_with(line(1, 11_900, 2, 190_000), line(2, 1_000, 1, 0))
    known = Credited("R-2026-000042", invoice_of(order, SELLER))
    content = credit_note_of(order, Credit(refund_id=UUID(int=1), amount=1_000, reason="zu spät"), known, SELLER)
    text, _ = await printed(page_of(content, "G-1", DAY, "de", "UTC"))
    for said in ("Gutschrift", "G-1", "R-2026-000042", "zu spät", "10,00 €", "Ohne Steuer", "Erstatteter Betrag"):
        assert said in text, said
    text, _ = await printed(page_of(reversal_of(content, "G-1"), "G-2", DAY, "de", "UTC"))
    for said in ("Storno einer Gutschrift G-2", "Die Gutschrift G-1 ist storniert", "Nicht erstatteter Gesamtbetrag"):
        assert said in text, said


async def test_fifty_lines_take_several_pages_with_their_heads_and_the_bytes_are_the_same_each_time() -> None:
    order = random_order(3, lines=50)
    long = msgspec.structs.replace(order.lines[7], title="Donaudampfschifffahrtsgesellschaft" * 12)
    page = invoice(changed(order, lines=[*order.lines[:7], long, *order.lines[8:]]))
    text, pages = await printed(page)
    assert 2 <= pages <= 5
    assert text.count("Artikel") == pages
    assert text.count(f"von {pages}") == pages
    assert all(f"SKU-{position}" in text for position in range(1, 51))
    assert await Printer().pdf("invoice", page) == await Printer().pdf("invoice", page)


async def test_a_packing_slip_has_no_prices() -> None:
    order = order_with(line(1, 98_765, 2, 0), line(2, 1_234, 3, 0, requires_shipping=False))
    slip = msgspec.structs.replace(whole_order(order, DAY, {}), carrier="DHL", tracking="JJD0001")
    text, _ = await printed(slip_page(order, slip, SELLER, "en", "UTC"))
    assert "Print 1" in text
    assert "Pieces in this parcel: 2" in text
    assert "JJD0001" in text
    for hidden in ("987", "Print 2", "€", "EUR"):
        assert hidden not in text


HOSTILE = [
    "\u202egnp.exe\u202c",
    "<b>bold</b><script>alert(1)</script>",
    "%s {0} {page} $total \\u0041 (unbalanced ) \\",
    "a\u0000b\u001b[31m\r\nBcc: x@y",
    "שלום עולם \u0645\u0631\u062d\u0628\u0627",
    "山田太郎 김철수 😀 e" + "\u0301" * 300,
    "W" * 100_000,
    "\ud800 lone",
]


@pytest.mark.parametrize("typed", HOSTILE)
async def test_hostile_texts_are_drawn_as_text(typed: str) -> None:
    address = {**ADDRESS, "name": typed, "line1": typed}
    order = order_with(line(1, 100, 1, 0, title=typed, sku=typed[:50]), shipping_address=address, vat_id=typed[:20])
    text, pages = await printed(invoice(order))
    assert pages == 1
    assert "Gesamtbetrag" in text
    assert not {"\u202e", "\u001b", "\u0000"} & set(text)


def test_typed_text_is_cut_and_stays_on_one_line() -> None:
    assert shown("a\nb\u202e\u0007c") == "a bc"
    assert len(shown("x" * 10_000)) == 400
    assert page_of(
        invoice_of(order_with(line(1, 1, 1, 0), shipping_address=None, shipping=0), Party(["S"])), "1", DAY, "en", "UTC"
    ).recipient == ["a@example.com"]


@pytest.mark.parametrize("program", ["raise SystemExit(1)", "print('no pdf')", "while True: pass"])
async def test_what_cannot_be_drawn_is_a_503_and_ends_its_process(program: str, tmp_path: Path) -> None:
    path = tmp_path / "draw.py"
    path.write_text(program, encoding="utf-8")
    with pytest.raises(Unavailable, match="could not be drawn"):
        await Printer(path, seconds=0.5 if "while" in program else 30).pdf("invoice", invoice(random_order(1)))


async def test_no_more_than_a_few_wait(tmp_path: Path) -> None:
    path = tmp_path / "draw.py"
    path.write_text("import sys; sys.stdin.read(); print('%PDF')", encoding="utf-8")
    one, page = Printer(path), invoice(random_order(1))
    asked = [one.pdf("invoice", page) for _ in range(printer.MOST_WAITING + 2)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(each, Unavailable) for each in answers) == 2
    assert sum(isinstance(each, bytes) for each in answers) == printer.MOST_WAITING


async def test_shoppers_leave_places_for_staff(tmp_path: Path) -> None:
    path = tmp_path / "draw.py"
    path.write_text("import sys; sys.stdin.read(); print('%PDF')", encoding="utf-8")
    one, page = Printer(path), invoice(random_order(1))
    free = printer.MOST_WAITING - printer.MOST_WAITING_BEFORE_SHOPPERS
    asked = [one.pdf("invoice", page, shopper=True) for _ in range(printer.MOST_WAITING)]
    answers = await asyncio.gather(*asked, *(one.pdf("slip", page) for _ in range(free)), return_exceptions=True)
    assert sum(isinstance(each, Unavailable) for each in answers[: len(asked)]) == free
    assert all(isinstance(each, bytes) for each in answers[len(asked) :])
