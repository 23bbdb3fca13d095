"""The shape of a real shop's export: no SKUs, rows that only bring an image, descriptions over several lines."""

from __future__ import annotations

from catalog.importing import MediaDraft
from catalog.importing.shopify import Export, read_export
from catalog.tests.importing.sheets import HEADER, PLAIN, codes, read, sheet

CDN = "https://images.example.com/"


def rows() -> list[dict[str, str]]:
    ring = {"Handle": "sea-ring", "Variant Price": "42.99", "Variant Compare At Price": "44.99"}
    return [
        ring
        | {"Title": "Sea Ring", "Vendor": "Tide & Co", "Type": "Ring", "Tags": "Sea, Silver, sea", "Published": "true"}
        | {"Option1 Name": "Color", "Option1 Value": "Blue", "Variant Grams": "28", "Variant Inventory Qty": "1"}
        | {"Image Src": f"{CDN}a.jpg", "Image Position": "1", "Variant Image": f"{CDN}b.jpg", "Gift Card": "false"}
        | {"Body (HTML)": 'Silver.\n<ul>\n<li>Width, 0.3"</li>\n</ul>', "Variant Weight Unit": "oz"},
        ring
        | {"Option1 Value": "Black", "Image Src": f"{CDN}b.jpg", "Image Position": "2", "Image Alt Text": "In black"}
        | {"Variant Image": f"{CDN}a.jpg", "Variant Inventory Policy": "deny"},
        {"Handle": "sea-ring", "Image Src": f"{CDN}c.jpg", "Image Position": "3"},
        {"Handle": "chain", "Title": "Chain", "Image Src": f"{CDN}d.jpg", "Image Position": "1", **PLAIN},
    ]


def test_products_variants_and_images_come_out_as_the_shop_has_them() -> None:
    export = read(*rows(), currency="USD")
    ring, chain = export.products
    assert (export.rows, ring.slug, ring.title, ring.vendor) == (4, "sea-ring", "Sea Ring", "Tide & Co")
    assert (ring.product_type, ring.tags, ring.status) == ("Ring", ("Sea", "Silver"), "active")
    assert ring.description_html == 'Silver.\n<ul>\n<li>Width, 0.3"</li>\n</ul>'
    assert ring.options == ("Color",)
    assert ring.media == (
        MediaDraft(f"{CDN}a.jpg", alt=""),
        MediaDraft(f"{CDN}b.jpg", alt="In black"),
        MediaDraft(f"{CDN}c.jpg", alt=""),
    )
    assert ring.rows == (2, 3, 4)
    blue, black = ring.variants
    assert (blue.sku, blue.derived_sku, blue.option_values) == ("", "SEA-RING-BLUE", ("Blue",))
    assert (blue.price, blue.compare_at, blue.weight_grams) == (4299, 4499, 28)
    assert (blue.tracked, blue.quantity, blue.backorder) == (False, None, False)
    assert (blue.requires_shipping, blue.taxable, blue.barcode) == (True, True, None)
    assert (blue.image, black.image) == (f"{CDN}b.jpg", f"{CDN}a.jpg")
    assert (black.derived_sku, black.row) == ("SEA-RING-BLACK", 3)
    assert (chain.options, chain.variants[0].option_values, chain.variants[0].derived_sku) == ((), (), "CHAIN")


def test_what_is_left_aside_is_said_once_for_the_whole_file() -> None:
    export = read(*rows())
    assert [(p.row, p.code, p.severity) for p in export.problems] == [
        (2, "stock_not_tracked", "notice"),
        (2, "sku_made", "notice"),
    ]
    assert "2 more" in export.problems[1].message


def test_a_second_reading_says_the_same() -> None:
    assert read(*rows()) == read(*rows())


def test_handles_and_skus_do_not_depend_on_what_else_is_in_the_file() -> None:
    def skus(export: Export) -> dict[str, list[str]]:
        return {p.slug: [v.derived_sku for v in p.variants] for p in export.products}

    whole = skus(read(*rows()))
    assert skus(read(*reversed(rows()))).items() >= {"chain": whole["chain"]}.items()
    assert skus(read(rows()[3])) == {"chain": whole["chain"]}
    assert skus(read(rows()[0])) == {"sea-ring": ["SEA-RING-BLUE"]}


def test_the_newer_column_names_mean_the_same() -> None:
    newer = {
        "Handle": "URL handle",
        "Body (HTML)": "Description",
        "Published": "Published on online store",
        "Option1 Name": "Option1 name",
        "Option1 Value": "Option1 value",
        "Variant SKU": "SKU",
        "Variant Grams": "Weight value (grams)",
        "Variant Inventory Tracker": "Inventory tracker",
        "Variant Inventory Qty": "Inventory quantity",
        "Variant Inventory Policy": "Continue selling when out of stock",
        "Variant Price": "Price",
        "Variant Compare At Price": "Compare-at price",
        "Image Src": "Product image URL",
        "Variant Image": "Variant image URL",
        "Gift Card": "Gift card",
    }
    renamed = [{newer.get(name, name): value for name, value in row.items()} for row in rows()]
    header = [newer.get(name, name) for name in HEADER]
    assert read(*renamed, header=header).products == read(*rows()).products


def test_blank_lines_count_as_rows_as_in_a_spreadsheet() -> None:
    lines = sheet(
        {"Handle": "a", "Title": "A", **PLAIN}, {"Handle": "b", "Title": "B", "Variant Price": "x"}
    ).splitlines()
    export = read_export("\r\n".join([lines[0], lines[1], "", ",,,", lines[2]]).encode(), currency="EUR")
    assert (export.rows, codes(export)) == (2, [(5, "bad_price", "refused")])
