"""Rows with mistakes: what is refused, what is changed, and that the rest still comes in."""

from __future__ import annotations

import pytest

from catalog.importing import VariantDraft
from catalog.tests.importing.sheets import codes, plain, read


def only(row: dict[str, str]) -> VariantDraft:
    return read(row).products[0].variants[0]


def colour(value: str, **cells: str) -> dict[str, str]:
    named = {name.replace("_", " "): text for name, text in cells.items()}
    row = {"Handle": "cup", "Option1 Name": "Color", "Option1 Value": value, "Variant Price": "5", **named}
    return {"Title": "Cup"} | row


def later(value: str, **cells: str) -> dict[str, str]:
    return {name: text for name, text in colour(value, **cells).items() if name not in {"Title", "Option1 Name"}}


def test_a_wrong_row_leaves_its_product_and_the_others() -> None:
    export = read(colour("Blue"), later("Red", Variant_Price="cheap"), later("Green"), plain("jug"))
    assert codes(export) == [(3, "bad_price", "refused")]
    assert [v.option_values for v in export.products[0].variants] == [("Blue",), ("Green",)]
    assert export.products[0].rows == (2, 4)
    assert export.products[1].slug == "jug"


def test_a_wrong_first_row_takes_its_product_along_and_no_other() -> None:
    export = read(colour("Blue", Variant_Price="-1"), later("Red"), plain("jug"))
    assert codes(export) == [(2, "negative_price", "refused"), (3, "product_refused", "refused")]
    assert [p.slug for p in export.products] == ["jug"]


def test_rows_without_a_title_are_a_part_of_a_product() -> None:
    """In every export its first row has the title."""
    export = read(plain(Title=""), plain("jug"))
    assert [(p.slug, p.whole, "title" in p.given) for p in export.products] == [
        ("cup", False, False),
        ("jug", True, True),
    ]


def test_a_title_in_a_later_row_is_found() -> None:
    export = read(colour("Blue", Title=""), colour("Red", Vendor="Tide"))
    assert codes(export) == [(2, "title_later", "changed")]
    assert (export.products[0].title, export.products[0].vendor) == ("Cup", "Tide")


def test_a_handle_in_two_places_is_one_product() -> None:
    export = read(colour("Blue"), plain("jug"), later("Red"))
    assert codes(export) == [(4, "rows_apart", "notice")]
    assert [len(p.variants) for p in export.products] == [2, 1]


def test_two_products_under_one_handle_are_pointed_out() -> None:
    export = read(plain(), plain(Title="Mug"))
    assert codes(export) == [(3, "duplicate_variant", "refused"), (3, "title_differs", "changed")]


@pytest.mark.parametrize("second", ["Blue", "BLUE", " blue "])
def test_the_same_option_values_twice(second: str) -> None:
    assert codes(read(colour("Blue"), later(second))) == [(3, "duplicate_variant", "refused")]


def test_a_variant_without_an_option_value() -> None:
    assert codes(read(colour("Blue"), later(""))) == [(3, "missing_option_value", "refused")]


def test_options_without_a_name_of_their_own_get_one() -> None:
    two = {"Option2 Name": "color", "Option2 Value": "L", "Option3 Value": "x"}
    export = read(colour("Blue") | two)
    assert export.products[0].options == ("Color", "color 2", "Option 3")
    assert codes(export) == [(2, "option_renamed", "changed")] * 2


def test_an_option_without_values_is_left_out() -> None:
    export = read(colour("Blue") | {"Option2 Name": "Size"})
    assert export.products[0].options == ("Color",)


def test_more_than_three_options() -> None:
    header = ["Handle", "Title", "Price", *(f"Option{n} {part}" for n in range(1, 5) for part in ("Name", "Value"))]
    row = {"Handle": "cup", "Title": "Cup", "Price": "1"} | {f"Option{n} Value": "x" for n in range(1, 5)}
    assert codes(read(row, header=header)) == [(2, "too_many_options", "refused")]


def test_variants_above_2048_are_refused() -> None:
    export = read(colour("v0"), *(later(f"v{n}") for n in range(1, 2050)))
    assert len(export.products[0].variants) == 2048
    assert codes(export) == [(2050, "too_many_variants", "refused"), (2051, "too_many_variants", "refused")]


def test_a_gift_card_is_refused() -> None:
    export = read(colour("10", Gift_Card="TRUE"), later("20"))
    assert codes(export) == [(2, "gift_card", "refused"), (3, "product_refused", "refused")]


def test_a_row_of_nothing_but_its_handle() -> None:
    assert codes(read(plain(), {"Handle": "cup"})) == [(3, "nothing_in_row", "refused")]


def test_a_row_without_a_handle_is_refused() -> None:
    assert codes(read(plain(), {"Image Src": "https://x.example/a.jpg"})) == [(3, "no_handle", "refused")]


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({}, "active"),
        ({"Published": "false"}, "draft"),
        ({"Published": "FALSCH"}, "draft"),
        ({"Published": "WAHR"}, "active"),
        ({"Status": "Active", "Published": "true"}, "active"),
        ({"Status": "active", "Published": "false"}, "draft"),
        ({"Status": "draft", "Published": "true"}, "draft"),
        ({"Status": "archived", "Published": "true"}, "archived"),
        ({"Status": "unlisted"}, "draft"),
    ],
)
def test_the_status_of_a_product_is_read(cells: dict[str, str], status: str) -> None:
    assert read(plain() | cells).products[0].status == status


@pytest.mark.parametrize(
    ("tracker", "quantity", "expected", "found"),
    [
        ("", "7", (False, None), []),
        ("shopify", "7", (True, 7), []),
        ("shopify", "7.0", (True, 7), []),
        ("shopify", "0", (True, 0), []),
        ("shopify", "-3", (True, 0), ["negative_quantity"]),
        ("shopify", "", (True, 0), ["no_quantity"]),
        ("shopify", "1.5", (True, 0), ["bad_quantity"]),
        ("shopify", "many", (True, 0), ["bad_quantity"]),
        ("shopify", "99999999999", (True, 0), ["bad_quantity"]),
    ],
)
def test_stock_is_read_or_reported(
    tracker: str, quantity: str, expected: tuple[bool, int | None], found: list[str]
) -> None:
    export = read(plain(Variant_Inventory_Tracker=tracker, Variant_Inventory_Qty=quantity))
    variant = export.products[0].variants[0]
    assert (variant.tracked, variant.quantity) == expected
    assert [code for _, code, _ in codes(export)] == found


def test_a_file_without_the_tracker_column_counts_what_it_names() -> None:
    header = ["Handle", "Title", "Price", "Inventory quantity"]
    rows = [{"Handle": h, "Title": h, "Price": "1", "Inventory quantity": q} for h, q in (("a", "4"), ("b", ""))]
    export = read(*rows, header=header)
    assert [p.variants[0].quantity for p in export.products] == [4, None]


@pytest.mark.parametrize(("policy", "backorder"), [("continue", True), ("TRUE", True), ("deny", False), ("", False)])
def test_selling_on_when_out_of_stock(policy: str, backorder: bool) -> None:  # noqa: FBT001 -- a table of cases
    assert only(plain(Variant_Inventory_Policy=policy)).backorder is backorder


def test_shipping_and_tax_can_be_switched_off() -> None:
    variant = only(plain(Variant_Requires_Shipping="false", Variant_Taxable="FALSO"))
    assert (variant.requires_shipping, variant.taxable) == (False, False)


@pytest.mark.parametrize(
    ("raw", "kept", "found"),
    [
        ("15", 1500, []),
        ("10", None, ["compare_at_dropped"]),
        ("9.99", None, ["compare_at_dropped"]),
        ("0", None, []),
        ("soon", None, ["compare_at_dropped"]),
    ],
)
def test_a_compare_at_price_is_read_or_reported(raw: str, kept: int | None, found: list[str]) -> None:
    export = read(plain(Variant_Compare_At_Price=raw))
    assert export.products[0].variants[0].compare_at == kept
    assert [code for _, code, _ in codes(export)] == found


def test_a_price_of_nothing_and_a_rounded_one_are_reported() -> None:
    export = read(plain("a", Variant_Price="0"), plain("b", Variant_Price="12.345"))
    assert codes(export) == [(2, "price_zero", "notice"), (3, "price_changed", "changed")]
    assert [p.variants[0].price for p in export.products] == [0, 1234]


@pytest.mark.parametrize(("grams", "kept"), [("28", 28), ("28.5", 28), ("", None), ("-1", None), ("heavy", None)])
def test_a_weight_is_read_from_grams(grams: str, kept: int | None) -> None:
    assert only(plain(Variant_Grams=grams)).weight_grams == kept


def test_weight_in_its_own_unit_where_there_are_no_grams() -> None:
    header = ["Handle", "Title", "Price", "Variant Weight", "Variant Weight Unit"]
    row = {"Handle": "a", "Title": "A", "Price": "1", "Variant Weight": "2", "Variant Weight Unit": "lb"}
    assert read(row, header=header).products[0].variants[0].weight_grams == 907


@pytest.mark.parametrize(
    ("raw", "kept", "found"),
    [
        ("4006381333931", "4006381333931", []),
        ("'0012", "0012", ["apostrophe"]),
        ("8.80123E+12", None, ["barcode_dropped"]),
        ("8,80123E+12", None, ["barcode_dropped"]),
        ("9" * 65, None, ["barcode_dropped"]),
    ],
)
def test_a_barcode_is_read_or_reported(raw: str, kept: str | None, found: list[str]) -> None:
    export = read(plain(Variant_Barcode=raw))
    assert export.products[0].variants[0].barcode == kept
    assert [code for _, code, _ in codes(export)] == found


def test_long_texts_are_cut_and_reported() -> None:
    export = read(plain(Title="t" * 300, Vendor="v" * 256, Tags=",".join(f"t{n}" for n in range(300))))
    assert codes(export) == [(2, "text_cut", "changed")] * 2
    assert (len(export.products[0].title), len(export.products[0].tags)) == (255, 250)


def test_the_type_comes_from_the_category_where_there_is_none() -> None:
    header = ["Handle", "Title", "Price", "Type", "Product Category"]
    row = {"Handle": "a", "Title": "A", "Price": "1", "Product Category": "Apparel > Jewelry > Bracelets"}
    assert read(row, header=header).products[0].product_type == "Bracelets"
    assert read(row | {"Type": "Ring"}, header=header).products[0].product_type == "Ring"
    assert read(row | {"Product Category": "sg-4-17"}, header=header).products[0].product_type == ""


def test_control_characters_are_taken_out() -> None:
    export = read(plain(Title="Cu\x00p \u202egnp", Vendor="a\tb\nc"))
    assert (export.products[0].title, export.products[0].vendor) == ("Cup gnp", "a b c")
    assert codes(export) == [(2, "control_characters", "changed")]
