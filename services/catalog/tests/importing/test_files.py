"""Files as programs leave them: encodings, delimiters, headers, and what is no product export at all."""

from __future__ import annotations

import pytest

from catalog.importing import NotAnExport, RowProblem
from catalog.importing.shopify import read_export
from catalog.importing.shopify import rows as sheet_rows
from catalog.importing.shopify.export import MAX_ROWS
from catalog.tests.importing.sheets import HEADER, codes, plain, read, sheet

TITLE = "Brosche „Mühle“ in Größe 3 €"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    data = sheet(plain(Title=TITLE), delimiter=delimiter).encode(encoding)
    export = read_export(data, currency="EUR")
    assert [p.title for p in export.products] == [TITLE]
    assert codes(export) == ([(1, "encoding", "notice")] if encoding == "cp1252" else [])


def test_damaged_text_is_refused_with_its_line() -> None:
    data = sheet(plain(Title="äöü" * 10)).encode().replace("ü".encode(), b"\xc3", 1)
    with pytest.raises(NotAnExport, match="line 2 is damaged"):
        read_export(data, currency="EUR")
    with pytest.raises(NotAnExport, match="UTF-16-LE, but line 3 is damaged"):
        read_export(sheet(plain()).encode("utf-16") + b"\x00\xd8", currency="EUR")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_newline_ends_a_row(newline: str) -> None:
    data = sheet(plain("a"), plain("b")).replace("\r\n", newline).encode()
    assert len(read_export(data, currency="EUR").products) == 2


@pytest.mark.parametrize("hint", ["sep=;\r\n", '"sep=;"\n', "SEP=;\n"])
def test_excels_separator_line_is_no_row(hint: str) -> None:
    export = read_export((hint + sheet(plain(Variant_Price="x"), delimiter=";")).encode(), currency="EUR")
    assert codes(export) == [(2, "bad_price", "refused")]


def test_columns_in_any_order_and_spelling() -> None:
    header = ["variant price", "TITLE", " handle ", "Option1_Name", "Option1 value"]
    row = dict(zip(header, ["5", "Cup", "cup", "Color", "Blue"], strict=True))
    export = read(row, header=header)
    assert (export.products[0].options, export.products[0].variants[0].price) == (("Color",), 500)


def test_unsupported_columns_with_values_are_reported() -> None:
    extra = [
        "Price / International",
        "Included / Austria",
        "Fabric (product.metafields.custom.fabric)",
        "Cost per item",
    ]
    export = read(
        plain() | {extra[0]: "9", extra[1]: "true", extra[2]: "Wool"},
        header=HEADER + extra,
    )
    finding = next(p for p in export.problems if p.code == "columns_left_aside")
    assert extra[0] in finding.message
    assert extra[2] in finding.message
    assert extra[1] not in finding.message
    assert extra[3] not in finding.message
    assert export.products[0].variants[0].price == 1000


def test_a_column_twice_counts_once() -> None:
    text = "Handle,Title,Variant Price,Price,Variant Price\r\ncup,Cup,5,6,7\r\n"
    export = read_export(text.encode(), currency="EUR")
    assert export.products[0].variants[0].price == 500
    assert codes(export) == [(1, "doubled_columns", "notice")]


def test_a_row_with_too_many_cells_is_refused_and_a_short_one_read() -> None:
    text = "Handle,Title,Price\r\ncup,Cup,5,,\r\njug,Jug,big,9\r\nmug,Mug\r\n"
    export = read_export(text.encode(), currency="EUR")
    assert codes(export) == [(3, "too_many_cells", "refused"), (4, "short_row", "notice")]


def test_a_quotation_mark_without_its_end_is_refused() -> None:
    text = 'Handle,Title,Price\r\ncup,Cup,5\r\njug,"Jug,6\r\nmug,Mug,7\r\n'
    export = read_export(text.encode(), currency="EUR")
    assert [p.slug for p in export.products] == ["cup"]
    assert codes(export) == [(3, "unclosed_quotation_mark", "refused")]


def test_an_inch_sign_needs_no_partner() -> None:
    text = 'Handle,Title,Price\r\ncup,5" cup,5\r\njug,6" jug,6'
    assert len(read_export(text.encode(), currency="EUR").products) == 2


def test_a_description_beyond_what_csv_readers_take_by_default() -> None:
    export = read(plain() | {"Body (HTML)": f"<p>Before</p><img src='data:{'A' * 600_000}'><p>After</p>"})
    assert export.products[0].description_html.startswith("<p>Before</p>")
    assert codes(export) == [(2, "description_simplified", "changed")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\r\n \x00", "empty"),
        (b"\xef\xbb\xbf", "first row"),
        (b"PK\x03\x04rest", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (bytes(range(256)), "no text"),
        (b"hello", "first row"),
        (b"a,b\r\n1,2\r\n", "first row"),
        (b"Vendor,Type\r\nx,y\r\n", "first row"),
        (b"Handle,Title,Price\r\n", "no products"),
        (b"Handle,Title,Price\r\n,,\r\n\r\n", "no products"),
        (b"Handle,Variant SKU,Option1 Value\r\na,A,x\r\n", "no column about them"),
        (b"Price,Vendor\r\n1,x\r\n", "first row"),
        (b"Handle,Option1 Name,SKU,HS Code,COO,Shed,Shop\r\na,A,,,,,1\r\n", "column for each location"),
        (b"Name,Email,Financial Status,Lineitem name,Tags\r\n#1,a@b,paid,x,\r\n", "orders"),
        (b"First Name,Email,Accepts Email Marketing,Tags\r\nA,a@b,yes,\r\n", "customers"),
        (b"Handle,Title,Price" + b",x" * 5_000, "5000 columns"),
        (b"x" * (20 * 1024 * 1024 + 1), "larger than 20 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_a_file_that_is_no_product_export_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(NotAnExport, match=said) as refused:
        read_export(data, currency="EUR")
    assert refused.value.message.endswith((".", ")."))


def test_a_file_above_the_row_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.importing.shopify.rows.MAX_ROWS", 3)
    assert len(read(plain("a"), {}, plain("b")).products) == 2
    with pytest.raises(NotAnExport, match="more than 3 rows"):
        read(plain("a"), plain("b"), plain("c"))
    assert MAX_ROWS == 100_000


def test_remarks_are_bounded_and_refusals_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_rows, "MAX_REMARKS", 2)
    rows = [plain(f"p{n}", Variant_Price="0") for n in range(5)] + [plain(f"q{n}", Variant_Price="x") for n in range(5)]
    found = [code for _, code, _ in codes(read(*rows))]
    assert found.count("price_zero") == 2
    assert found.count("bad_price") == 5
    assert found[0] == "remarks_not_listed"


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "E1R"])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        read_export(sheet(plain()).encode(), currency=currency)


def test_a_finding_names_row_column_and_what_to_do() -> None:
    export = read(plain(Variant_Price="abc"))
    assert export.problems[0] == RowProblem(
        row=2,
        handle="cup",
        column="Variant Price",
        code="bad_price",
        message="The price “abc” is not a price. Write it like 1234.50 and import again.",
        severity="refused",
    )
