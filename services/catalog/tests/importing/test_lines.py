"""Files that name variants by their SKU alone, and stock at locations."""

from __future__ import annotations

import pytest

from catalog.importing.shopify import Export, read_export

BY_SKU = "SKU,Price,Inventory quantity\n"


def lines(text: str) -> tuple[list[tuple[str, int | None, int | None]], list[tuple[int, str]]]:
    export = read_export(text.encode(), currency="EUR")
    assert export.products == []
    found = [(line.sku, line.price, line.quantity if "quantity" in line.given else None) for line in export.lines]
    return found, [(problem.row, problem.code) for problem in export.problems]


def test_rows_are_read_by_their_sku() -> None:
    found, problems = lines(f"{BY_SKU}A,5,7\nB,,8\nC,6,\n")
    assert found == [("A", 500, 7), ("B", None, 8), ("C", 600, None)]
    assert problems == []


def test_rows_without_a_unique_sku_are_refused() -> None:
    found, problems = lines(f"{BY_SKU}A,5,7\nA,6,8\n,7,9\n1E+05,1,1\nD,dear,1\n")
    assert found == [("A", 500, 7)]
    assert sorted(problems) == [
        (3, "duplicate_sku"),
        (4, "no_sku"),
        (5, "no_sku"),
        (5, "sku_scientific"),
        (6, "bad_price"),
    ]


def stock(text: str) -> Export:
    return read_export(text.encode(), currency="EUR")


@pytest.mark.parametrize(
    ("header", "rows", "quantity"),
    [
        ("SKU,Location,Available", ["A,Shop,3", "A,Shed,4"], 7),
        ("SKU,Location,Available", ["A,Shop,3", "A,Shed,not stocked"], 3),
        ("SKU,Location,On hand", ["A,Shop,3", "A,Shed,4"], 7),
        ("SKU,Location,Committed,Unavailable,On hand", ["A,Shop,1,1,5"], 3),
        ("SKU,Available,On hand (current),On hand (new)", ["A,3,5,9"], 7),
        ("SKU,Committed (not editable),On hand (new)", ["A,2,9"], 7),
        ("SKU,Location,Variant Inventory Qty", ["A,Shop,3", "A,Shed,4"], 7),
        ("SKU,Location,Available", ["A,Shop,lots"], None),
        ("SKU,Location,Available", ["A,Shop,not stocked"], None),
    ],
)
def test_stock_at_all_locations_is_summed(header: str, rows: list[str], quantity: int | None) -> None:
    export = stock("\n".join([header, *rows, ""]))
    assert export.stock_only
    (line,) = export.lines
    assert (line.quantity if "quantity" in line.given else None) == quantity


def test_a_file_with_anything_else_is_not_of_stock_alone() -> None:
    assert not stock("SKU,Price,Inventory quantity\nA,1,2\n").stock_only
    assert not stock("Handle,Title,Tags,Inventory quantity\na,A,x,2\n").stock_only
    assert stock("Handle,Title,Option1 Value,SKU,Inventory tracker,Inventory quantity\na,A,S,X,shopify,2\n").stock_only


def test_rows_with_nothing_in_the_columns_that_are_there() -> None:
    """The continuation rows of an export whose other columns were taken out."""
    export = stock("Handle,Title,Tags\na,A,x\na,,\nb,B,y\n")
    assert [(p.code, p.severity) for p in export.problems] == [("nothing_in_row", "notice")]
    assert [p.variants for p in export.products] == [(), ()]
