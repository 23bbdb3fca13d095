from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.importing.shopify.amounts import BadAmount, parse_grams, parse_price


@pytest.mark.parametrize(
    ("raw", "currency", "minor"),
    [
        ("42.99", "EUR", 4299),
        ("42,99", "EUR", 4299),
        ("85", "EUR", 8500),
        (".5", "EUR", 50),
        ("5.", "EUR", 500),
        ("€ 42,99", "EUR", 4299),
        ("42.99 €", "EUR", 4299),
        ("$1,234.50", "USD", 123450),
        ("US$ 7", "USD", 700),
        ("C$7", "CAD", 700),
        ("EUR 1.234,50", "EUR", 123450),
        ("1'234.50 CHF", "CHF", 123450),
        ("1 234,50 kr", "SEK", 123450),
        ("1,234,567.89", "USD", 123456789),
        ("1.234.567", "EUR", 123456700),
        ("1000", "JPY", 1000),
        ("1000.00", "JPY", 1000),
        ("¥1,000", "JPY", 1000),
        ("1.234", "KWD", 1234),
        ("1.2", "KWD", 1200),
        ("0,125", "EUR", 12),
        ("12.345", "EUR", 1234),
        ("12.355", "EUR", 1236),
        ("+5", "EUR", 500),
    ],
)
def test_prices_are_read_in_minor_units(raw: str, currency: str, minor: int) -> None:
    assert parse_price(raw, currency, decimal_comma=False)[0] == minor


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("-5", "negative_price"),
        ("-€5", "negative_price"),
        ("€-5", "negative_price"),
        ("(5.00)", "negative_price"),
        ("5-", "negative_price"),
        ("$5", "wrong_currency"),
        ("5 USD", "wrong_currency"),
        ("£5", "wrong_currency"),
        ("free", "bad_price"),
        ("5%", "bad_price"),
        ("1e3", "bad_price"),
        ("1.2.3", "bad_price"),
        ("1,23,4.5", "bad_price"),
        ("1.234,5.6", "bad_price"),
        (".", "bad_price"),
        (",,", "bad_price"),
        ("٣", "bad_price"),
        ("5 pieces", "bad_price"),
        ("5 - 7", "bad_price"),
        ("NaN", "bad_price"),
        ("9" * 100, "bad_price"),
        ("99999999999999999999", "price_too_high"),
    ],
)
def test_text_that_is_no_price_is_refused(raw: str, code: str) -> None:
    with pytest.raises(BadAmount) as refused:
        parse_price(raw, "EUR", decimal_comma=False)
    assert refused.value.code == code


@pytest.mark.parametrize("raw", ["1.234", "1,234"])
def test_an_ambiguous_price_is_refused(raw: str) -> None:
    with pytest.raises(BadAmount) as refused:
        parse_price(raw, "EUR", decimal_comma=True)
    assert refused.value.code == "ambiguous_price"
    assert "1.234 or 1234" in str(refused.value)


def test_where_the_comma_separates_cells_a_lone_one_in_a_price_separates_thousands() -> None:
    assert parse_price("1,234", "USD", decimal_comma=False) == (
        123400,
        "was read as 1234, the comma as a thousands separator",
    )
    with pytest.raises(BadAmount, match=r"1\.234 or 1234"):
        parse_price("1,234", "KWD", decimal_comma=False)


def test_a_rounded_price_is_reported() -> None:
    assert parse_price("12.345", "EUR", decimal_comma=False) == (1234, "was rounded to 12.34 EUR")
    assert parse_price("10.5", "JPY", decimal_comma=False) == (10, "was rounded to 10 JPY")


@given(st.integers(0, 10**11), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_what_shopify_writes_comes_back_exactly(minor: int, currency: str) -> None:
    places = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    text = f"{minor // 10**places}.{minor % 10**places:0{places}d}" if places else str(minor)
    assert parse_price(text, currency, decimal_comma=False) == (minor, None)


@given(st.text(max_size=70), st.booleans())
def test_any_text_is_a_price_or_refused(raw: str, decimal_comma: bool) -> None:  # noqa: FBT001 -- drawn
    try:
        minor, _ = parse_price(raw, "EUR", decimal_comma=decimal_comma)
    except BadAmount:
        return
    assert 0 <= minor <= 999_999_999_999


@pytest.mark.parametrize(("raw", "unit", "grams"), [("1.5", "kg", 1500), ("1", "oz", 28), ("1,5", "LB", 680)])
def test_weights_are_read_in_grams(raw: str, unit: str, grams: int) -> None:
    assert parse_grams(raw, unit) == grams


@pytest.mark.parametrize(("raw", "unit"), [("1", "stone"), ("-1", "g"), ("1e9", "g"), ("9999999999", "kg"), ("", "g")])
def test_text_that_is_no_weight_is_refused(raw: str, unit: str) -> None:
    with pytest.raises(BadAmount):
        parse_grams(raw, unit)
