from __future__ import annotations

from typing import Any

import pytest

from stripe_double.objects import currencies
from stripe_double.tests.running import Double

INTENTS = "/v1/payment_intents"


def made(double: Double, **form: str) -> dict[str, Any]:
    intent: dict[str, Any] = double.raw("POST", INTENTS, data=form).raise_for_status().json()
    return intent


def test_minimum_amount_depends_on_the_currency(double: Double) -> None:
    for currency, least, step in (("jpy", 50, 1), ("gbp", 30, 1), ("huf", 17500, 1), ("kwd", 50, 10)):
        form = {"currency": currency, "amount": str(least - step)}
        assert double.raw("POST", INTENTS, data=form).json()["error"]["code"] == "amount_too_small"
        assert double.raw("POST", INTENTS, data=form | {"amount": str(least)}).status_code == 200


@pytest.mark.parametrize(
    ("currency", "refused", "taken", "code"),
    [
        ("isk", 5050, 5000, "invalid_charge_amount_no_decimal_compatible"),
        ("ugx", 180_001, 180_000, "invalid_charge_amount_no_decimal_compatible"),
        ("kwd", 5125, 5120, "invalid_charge_amount"),
        ("tnd", 5121, 5130, "invalid_charge_amount"),
        ("eur", 100_000_000, 99_999_999, "amount_too_large"),
        ("idr", 1, 999_999_999_999, "amount_too_small"),
    ],
)
def test_invalid_amounts_of_a_currency_are_refused(
    double: Double, currency: str, refused: int, taken: int, code: str
) -> None:
    answer = double.raw("POST", INTENTS, data={"currency": currency, "amount": str(refused)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert answer.json()["error"]["param"] == "amount"
    assert made(double, currency=currency, amount=str(taken))["amount"] == taken


def test_invalid_capture_amounts_of_a_currency_are_refused(double: Double) -> None:
    form = {"currency": "isk", "amount": "500000", "capture_method": "manual", "payment_method": "pm_card_visa"}
    held = made(double, **form, confirm="true", return_url="http://localhost:8080/")
    path = f"{INTENTS}/{held['id']}/capture"
    refused = double.raw("POST", path, data={"amount_to_capture": "450050"})
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "amount_to_capture")
    assert double.raw("POST", path, data={"amount_to_capture": "450000"}).json()["amount_received"] == 450_000


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        *((500_000, "isk", "5000 ISK"), (5130, "kwd", "5.130 KWD"), (1200, "mga", "1200.00 MGA")),
        *((1500, "jpy", "1500 JPY"), (499_000, "huf", "4990.00 HUF"), (150_000_000, "idr", "1500000.00 IDR")),
        *((500, "ugx", "5 UGX"), (1250, "eur", "12.50 EUR"), (5, "eur", "0.05 EUR"), (550, "isk", "5.50 ISK")),
    ],
)
def test_formatted_amount_has_the_currencys_decimals(amount: int, currency: str, text: str) -> None:
    assert currencies.format_amount(amount, currency) == text
