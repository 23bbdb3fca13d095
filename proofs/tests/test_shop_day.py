"""What the proof `shop_day` compares; the proof itself runs in `make prove`."""

from __future__ import annotations

from collections import Counter

import pytest

from proofs.shop_day import coming_back, forgetting, receiver, stories, sums
from proofs.shop_day.documents import Document, numbers_complaints, written
from proofs.shop_day.sums import Ledger, Row
from proofs.shop_day.wishes import CURRENCIES, ORDERS, STORIES, wishes

LEDGER = Ledger([], [{"items": []}], {}, {}, {})
CURRENCY_OF = {"a": "EUR", "b": "CHF"}


def kept(**went_back: dict[str, int]) -> sums.Kept:
    """What three places have of two orders; `went_back` replaces what one of them has."""
    paid, back = {"a": 1_000, "b": 500}, {"a": 300, "b": 100}
    sides = {"credit notes": back, "orders": back, "payments": back, **went_back}
    taxes, taxes_back = {"invoices": paid, "orders": paid}, {"credit notes": back, "refunds": back}
    return sums.Kept({"invoices": paid, "orders": paid, "payments": paid}, sides, taxes, taxes_back)


def differing(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row.what, row.currency) for row in rows if not row.agrees]


def test_a_cent_is_told_with_its_currency_and_its_order():
    wrong = {"a": 300, "b": 101}
    rows = sums.money_rows(kept(payments=wrong), CURRENCY_OF, LEDGER)
    # Nothing is in this ledger, so its figures differ in each currency.
    ledgers = [("came in", "EUR"), ("went back", "EUR"), ("kept for orders", "EUR")]
    assert differing(rows) == [*ledgers, *((what, "CHF") for what, _ in ledgers)]
    (francs,) = [row for row in rows if (row.what, row.currency) == ("went back", "CHF")]
    assert francs.sides == {"credit notes": 100, "orders": 100, "payments": 101, "daily report": 0}
    assert "went back in CHF: credit notes 1.00, orders 1.00, payments 1.01" in sums.complaints([francs])[0]
    told = sums.by_order("what went back", kept(payments=wrong).went_back, lambda order: f"order {order}")
    assert told == ["what went back of order b: credit notes 100, orders 100, payments 101"]


def test_an_order_that_a_place_does_not_know_is_told():
    told = sums.by_order("what came in", {"invoices": {}, "provider": {"c": 5}}, str)
    assert told == ["what came in of c: invoices 0, provider 5"]


def test_what_agrees_is_shown_once_and_what_differs_is_marked():
    shown = sums.table([Row("came in", "EUR", {"one": 150, "other": 150}), Row("stock", "", {"one": 3, "other": 4})])
    first, second = shown.splitlines()
    assert ("1.50" in first, "one = other" in first, "DIFFERS" in first) == (True, True, False)
    assert "DIFFERS" in second


def test_the_accounts_are_those_of_the_currency():
    def line(account: str, amount: int, currency: str) -> dict[str, object]:
        money = {"amount": amount, "currency": currency}
        return {"account": account, "balance": money, "closing": money, "captured": money, "disputed": money}

    lines = [line("provider_receivable", 7, "EUR"), line("provider_receivable", 9, "CHF"), line("bank", 5, "EUR")]
    ledger = Ledger(lines, [{"items": lines}, {"items": lines}], {"EUR": 7}, {"EUR": 14}, {"bank": {"EUR": 5}})
    assert ledger.receivable("EUR") == {"ledger": 7, "daily report": 7, "provider's balance": 7}
    assert ledger.receivable("CHF") == {"ledger": 9, "daily report": 9, "provider's balance": 0}
    assert ledger.report("EUR", "captured") == 14
    assert ledger.reported("EUR", "captured") == 24
    assert ledger.held("EUR", "bank") == {"ledger": 5, "daily report": 5, "payouts, receipts": 5}
    assert ledger.held("EUR", "cash") == {"ledger": 0, "daily report": 0, "payouts, receipts": 0}
    assert ledger.disputed("EUR") == {"ledger": 0, "daily report": 14, "provider's disputes": 14}


def document(number: str, language: str = "en", total: int = 0) -> Document:
    return Document("d", "o", "M-1", "invoice", number, language, total, 0, "/")


@pytest.mark.parametrize(
    ("numbers", "complaints"),
    [((1, 2, 3), 0), ((2, 1, 3), 0), ((1, 3), 1), ((1, 1, 2), 1), ((0, 1), 1)],
)
def test_a_gap_in_the_numbers_is_told(numbers: tuple[int, ...], complaints: int):
    series = [*(document(f"INV-2026-{number:06d}") for number in numbers), document("CN-2026-000001")]
    assert len(numbers_complaints(series)) == complaints


def test_sums_are_looked_for_as_their_language_writes_them():
    assert written(document("1", total=123_456)) == "1,234.56"
    assert written(document("1", "de", 123_456)) == "1.234,56"


# The published example of Standard Webhooks, beside a part that is wrong.
PUBLISHED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SIGNED = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_a_message_is_taken_with_its_signature():
    assert receiver.signed_by([PUBLISHED, "whsec_AAAA"], SIGNED, b'{"test": 2432232314}') == {PUBLISHED}


@pytest.mark.parametrize(
    ("changed", "body"),
    [
        ({}, b'{"test": 2432232315}'),
        ({"webhook-timestamp": "1614265331"}, b'{"test": 2432232314}'),
        ({"webhook-id": "msg_other"}, b'{"test": 2432232314}'),
        ({"webhook-signature": SIGNED["webhook-signature"].replace("v1,", "v2,")}, b'{"test": 2432232314}'),
    ],
)
def test_a_changed_message_is_not_taken(changed: dict[str, str], body: bytes):
    assert receiver.signed_by([PUBLISHED], {**SIGNED, **changed}, body) == set()


def test_the_day_has_all_that_it_promises():
    day = wishes(6)
    assert len(day) == ORDERS
    assert day == wishes(6)
    for currency in CURRENCIES:
        told = {wish.story for wish in day if wish.currency == currency and wish.is_paid}
        assert told == set(STORIES), set(STORIES) - told
    endings = Counter(wish.ending for wish in day)
    assert endings.keys() == {"paid", "declined first", "declined", "abandoned", "given up"}
    assert {wish.locale[:2] for wish in day} == {"de", "en"}
    assert any(wish.vat_id and wish.is_paid for wish in day)
    assert any(wish.buyer for wish in day)
    assert {*forgetting.GUESTS, "left"} <= {wish.story or wish.ending for wish in day if not wish.buyer}
    assert {wish.payment for wish in day if wish.is_paid} == {"card", "bank_transfer", "cash"}
    assert all(callable(getattr(stories, name, None) or getattr(coming_back, name, None)) for name in STORIES)
