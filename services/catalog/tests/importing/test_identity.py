"""Handles, SKUs and images: what later tells one thing from another."""

from __future__ import annotations

import re

import pytest

from catalog.importing.shopify.grouping import canonical_handle
from catalog.importing.shopify.skus import derive_sku
from catalog.tests.importing.sheets import codes, plain, read

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@pytest.mark.parametrize(
    ("raw", "handle"),
    [
        ("blue-ring", "blue-ring"),
        ("Blue Ring", "blue-ring"),
        (" blue__ring- ", "blue-ring"),
        ("Größe Café Łódź", "grosse-cafe-lodz"),
        ("½", "1-2-"),
    ],
)
def test_a_handle_has_one_canonical_form(raw: str, handle: str) -> None:
    assert canonical_handle(raw).startswith(handle)
    assert SLUG.fullmatch(canonical_handle(raw))


def test_letters_without_a_latin_form_are_replaced_by_a_stable_hash() -> None:
    tea, other = canonical_handle("日本-tea"), canonical_handle("中国-tea")
    assert tea != other != "tea"
    assert tea.startswith("tea-")
    assert canonical_handle("日本茶") == canonical_handle("日本茶")
    assert canonical_handle("日本茶").startswith("product-")
    assert len(canonical_handle("x" * 500)) <= 200
    assert canonical_handle("x" * 500) != canonical_handle("x" * 501)


def test_a_handle_that_changes_is_reported_and_groups_by_case_alone() -> None:
    export = read(plain("Blue Ring"), {"Handle": "blue ring", "Image Src": "https://x.example/a.jpg"})
    assert [(p.slug, len(p.media)) for p in export.products] == [("blue-ring", 1)]
    assert codes(export) == [(2, "handle_changed", "changed")]


def test_handles_with_the_same_canonical_form_stay_different() -> None:
    export = read(plain("café"), plain("cafe"), plain("a_b"), plain("a b"))
    handles = [p.slug for p in export.products]
    assert handles[1] == "cafe"
    assert len(set(handles)) == 4


def test_without_a_handle_the_title_makes_one() -> None:
    export = read(plain("", Title="Blue Ring"))
    assert export.products[0].slug == "blue-ring"
    assert codes(export) == [(2, "handle_made", "changed")]


def test_without_the_column_rows_follow_the_last_title() -> None:
    header = ["Title", "Price", "Option1 Value", "Image Src"]
    export = read(
        {"Title": "Cup", "Price": "1", "Option1 Value": "Blue"},
        {"Price": "2", "Option1 Value": "Red"},
        {"Title": "Jug", "Price": "3"},
        {"Image Src": "https://x.example/a.jpg"},
        header=header,
    )
    assert [(p.slug, len(p.variants), len(p.media)) for p in export.products] == [("cup", 2, 0), ("jug", 1, 1)]


def test_derived_skus_tell_apart_what_letters_alone_do_not() -> None:
    assert derive_sku("chain", ["Blue", "S/M"]) == "CHAIN-BLUE-S-M"
    skus = [derive_sku("battery", [v]) for v in ("A", "A+", "A*", "金", "銀", "A" * 200, "A" * 201)]
    assert len(set(skus)) == len(skus)
    assert all(len(sku) <= 100 for sku in skus)


def test_equal_derived_skus_are_made_different_in_any_order() -> None:
    rows = [plain("a") | {"Option1 Value": "b-c"}, plain("a-b") | {"Option1 Value": "c"}]
    there = {p.slug: p.variants[0].derived_sku for p in read(*rows).products}
    back = {p.slug: p.variants[0].derived_sku for p in read(*reversed(rows)).products}
    assert there == back
    assert len(set(there.values())) == 2


def test_a_given_sku_is_never_taken_by_a_derived_one() -> None:
    export = read(plain("cup"), plain("jug", Variant_SKU="CUP"))
    first, second = (p.variants[0] for p in export.products)
    assert first.derived_sku.startswith("CUP-")
    assert (first.sku, second.sku) == ("", "CUP")


def test_an_sku_given_twice_stays_with_the_first() -> None:
    export = read(plain("cup", Variant_SKU="X"), plain("jug", Variant_SKU="X"))
    found = [p.variants[0] for p in export.products]
    assert [(v.sku, v.shared, v.derived_sku) for v in found] == [("X", True, "CUP"), ("X", True, "JUG")]


def test_skus_changed_by_spreadsheets_are_reported() -> None:
    skus = ("'0123", "1.2E+05", "12E05", "s" * 101)
    export = read(*(plain(f"p{n}", Variant_SKU=sku) for n, sku in enumerate(skus)))
    found = [p.variants[0].sku for p in export.products]
    assert found[:3] == ["0123", "", "12E05"]
    assert len(found[3]) == 100
    assert codes(export) == [
        (2, "apostrophe", "changed"),
        (3, "sku_scientific", "changed"),
        (4, "sku_scientific", "notice"),
        (5, "sku_too_long", "changed"),
    ]


def image(src: str, position: str = "", alt: str = "") -> dict[str, str]:
    return {"Handle": "cup", "Image Src": src, "Image Position": position, "Image Alt Text": alt}


def test_images_stand_by_position_and_once() -> None:
    url = "https://x.example/{}.jpg".format
    export = read(
        plain(Image_Src=url("c"), Image_Position="3"),
        image(url("a"), "1"),
        image(url("b"), "2", "Bee"),
        image(url("a"), "4", "Again"),
        image(url("z"), "last"),
    )
    found = [(i.source_url, i.alt) for i in export.products[0].media]
    assert found == [(url("a"), "Again"), (url("b"), "Bee"), (url("c"), ""), (url("z"), "")]


@pytest.mark.parametrize(
    "src",
    [
        "photo.jpg",
        "C:\\photos\\a.jpg",
        "ftp://x.example/a.jpg",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "https://",
        "https://[x/a.jpg",
        "https://x.example:99999/a.jpg",
        "https://user:secret@x.example/a.jpg",
        'https://x.example/"a.jpg',
        "https://x.example/" + "a" * 2_100,
    ],
)
def test_an_invalid_image_url_is_reported(src: str) -> None:
    export = read(plain(Image_Src=src, Variant_Image=src), image(src))
    assert codes(export) == [
        (2, "bad_image_url", "changed"),
        (2, "bad_image_url", "changed"),
        (3, "bad_image_url", "refused"),
    ]
    assert (export.products[0].media, export.products[0].variants[0].image) == ((), None)


def test_image_addresses_are_completed() -> None:
    export = read(plain(Image_Src="//x.example/a b.jpg", Variant_Image="https://x.example/v.jpg"))
    assert [i.source_url for i in export.products[0].media] == [
        "https://x.example/a%20b.jpg",
        "https://x.example/v.jpg",
    ]


def test_images_beyond_the_limit_are_left_out() -> None:
    many = [image(f"https://x.example/{n}.jpg", str(n)) for n in range(1, 260)]
    export = read(plain(Variant_Image="https://x.example/v.jpg"), *many)
    assert (len(export.products[0].media), export.products[0].variants[0].image) == (250, None)
    assert codes(export) == [(2, "too_many_images", "changed")]


def test_a_derived_sku_is_changed_until_it_is_unique() -> None:
    first = read(plain("cup"), plain("jug", Variant_SKU="CUP")).products[0].variants[0].derived_sku
    export = read(plain("cup"), plain("jug", Variant_SKU="CUP"), plain("mug", Variant_SKU=first))
    assert len({p.variants[0].sku or p.variants[0].derived_sku for p in export.products}) == 3
