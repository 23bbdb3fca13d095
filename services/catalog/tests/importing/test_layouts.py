"""Files of any columns: what is found in them, and what the merchant says of them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.importing import Layout, NotAnExport
from catalog.importing.shopify import inspect, read_export
from catalog.importing.shopify.amounts import BadAmount, with_point
from catalog.importing.shopify.export import MAX_COLUMNS


@pytest.mark.parametrize(
    ("text", "delimiter", "fields"),
    [
        ("Handle;Title\na;b\n", ";", ["handle", "title"]),
        ("Artikel\tPreis, netto\nx\t1,5\ny\t2,5\n", "\t", [None, None]),
        ("Name|Preis\na, b|1\nc, d|2\n", "|", [None, None]),
        ("Price,Variant Price,Location\n1,2,3\n", ",", ["price", None, None]),
        ("Nur eine Spalte\na\nb\n", ",", [None]),
        ('a;b\n"x\ny";2\n', ";", [None, None]),
    ],
)
def test_the_columns_of_a_file_are_found_whatever_they_are_called(text: str, delimiter: str, fields: list[str | None]):
    found = inspect(text.encode())
    assert (found.delimiter, [each.field for each in found.columns]) == (delimiter, fields)


def test_a_file_without_columns_is_refused():
    for data in (b"\x0b\n", b"", ";".join(["a"] * (MAX_COLUMNS + 1)).encode()):
        with pytest.raises(NotAnExport):
            inspect(data)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_looked_into_or_refused(data: bytes):
    with contextlib.suppress(NotAnExport):
        found = inspect(data)
        assert [each.place for each in found.columns] == list(range(len(found.columns)))


@pytest.mark.parametrize(
    ("raw", "decimal", "plain"),
    [
        ("1.234,50", ",", "1234.50"),
        ("1.234", ",", "1234"),
        ("1,234", ".", "1234"),
        ("1,234.5", ".", "1234.5"),
        ("1.234", None, "1.234"),
        ("\u20ac 12,5", ",", "\u20ac 12.5"),
    ],
)
def test_a_price_is_read_by_the_decimal_sign_that_is_said(raw: str, decimal: str | None, plain: str):
    assert with_point(raw, decimal) == plain


@pytest.mark.parametrize(("raw", "decimal"), [("12.50", ","), ("1,5", "."), ("1,5,6", ","), ("1.2345", ",")])
def test_a_price_of_another_decimal_sign_is_refused(raw: str, decimal: str):
    with pytest.raises(BadAmount):
        with_point(raw, decimal)


def test_what_the_merchant_says_goes_before_what_names_say():
    text = "Price;Title;Net;Vendor\n1.234;Cup;9,50;Nord\n"
    layout = Layout({2: "price", 3: None}, ";", ",")
    export = read_export(text.encode(), currency="EUR", layout=layout)
    (cup,) = export.products
    assert (cup.title, cup.vendor, cup.variants[0].price) == ("Cup", "", 950)
    assert "vendor" not in cup.given
    assert [problem.code for problem in export.problems if problem.code == "doubled_columns"] == ["doubled_columns"]


def test_an_option_is_called_as_its_column_unless_its_name_is_there():
    text = "Title,Farbe,Price\nCup,rot,1\nCup,blau,2\n"
    (cup,) = read_export(text.encode(), currency="EUR", layout=Layout({1: "option1_value"}, ",")).products
    assert cup.options == ("Farbe",)
    assert [variant.option_values for variant in cup.variants] == [("rot",), ("blau",)]


def test_a_tax_class_is_read_and_one_that_cannot_be_is_left_out():
    text = "Handle,Title,Price,Tax Class\na,A,1,reduced\nb,B,1,Not One\nc,C,1,\n"
    export = read_export(text.encode(), currency="EUR")
    assert [product.tax_class for product in export.products] == ["reduced", "standard", "standard"]
    assert ["tax_class" in product.given for product in export.products] == [True, False, False]
    assert [problem.code for problem in export.problems if problem.row == 3] == ["bad_tax_class"]
