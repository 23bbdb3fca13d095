"""The program that draws, within this process: the same bytes as from its own."""

from __future__ import annotations

import io
import resource
import sys
from types import SimpleNamespace

import msgspec
import pytest
from pydantic import ValidationError

from orders.documents.domain.content import DocumentError, invoice_of
from orders.documents.domain.credit import left_of
from orders.documents.domain.shipping_back import Credited as Known
from orders.documents.domain.spreading import spread
from orders.documents.printing import draw
from orders.documents.printing.printer import Printer
from orders.shop_identity import ShopSettings
from orders.tests.documents.examples import SELLER, changed, line, order_with, random_order
from orders.tests.documents.test_printing import invoice
from orders.tests.mails.test_templates import written
from orders.tests.shop import ADDRESS


async def test_the_program_draws_what_its_process_does(monkeypatch: pytest.MonkeyPatch) -> None:
    order = random_order(3, lines=50)
    page = invoice(changed(order, shipping_address={**ADDRESS, "name": "山田 김철수 " + "W" * 300}))
    said = io.BytesIO()
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    monkeypatch.setattr(sys, "stdin", io.StringIO(msgspec.json.encode(page).decode()))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=said))
    draw.main()
    assert said.getvalue() == await Printer().pdf("invoice", page)


def test_what_is_more_than_is_left_is_refused_and_nothing_is_spread_over_nothing() -> None:
    order = order_with(line(1, 100, 1, 0), shipping=0)
    known = Known("INV-1", invoice_of(order, SELLER))
    with pytest.raises(DocumentError, match="less is left"):
        left_of(known, [*known.invoice.lines, *known.invoice.lines])
    assert [each.gross for each in left_of(known, known.invoice.lines) if each.gross] == []
    assert spread(0, [0, 0]) == [0, 0]


def test_an_order_of_nothing_shipped_has_no_line_of_shipping_and_says_so_by_mail() -> None:
    order = order_with(line(1, 100, 1, 0, requires_shipping=False), shipping=0, shipping_address=None)
    assert invoice_of(order, SELLER).shipping is None
    assert "nichts per Post" in written("confirmation", order=order).text


NEEDED = {"database_url": "postgresql://x", "service_key_file": "/x", "callers_file": "/x"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"invoice_series": "INV-2026", "credit_note_series": "INV-2026"},
        {"invoice_series": "inv"},
        {"invoice_series": "A" * 21},
        {"credit_note_series": "CN-"},
        {"shop_time_zone": "Berlin"},
        {"shop_colour": "red"},
        {"shop_logo_url": "javascript:1"},
        {"shop_name": ""},
    ],
)
def test_settings_of_the_shop_that_would_spoil_documents_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong)) if len(wrong) == 1 else "must differ"):
        ShopSettings.model_validate({**NEEDED, **wrong})
