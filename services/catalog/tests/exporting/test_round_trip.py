"""What the export writes, an import reads as it was."""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.exporting.rows import HEADER, rows_of
from catalog.exporting.store import ExportedImage, ExportedProduct, ExportedVariant
from catalog.importing import sanitise_html
from catalog.importing.model import PRODUCT_FIELDS, ProductDraft
from catalog.importing.shopify import Export, read_export
from chassis.values import is_formula

ADDRESS = "https://shop.example"
# As the API takes them: no control characters, no white space around them.
ODD = (
    *(
        "=1+1",
        "+1",
        "-1",
        "@x",
        "'x",
        "''=",
        "\uff1dx",
        "a  b",
        'a "b", c',
        "a,b",
        "Default Title",
        "Title",
        "1E5",
        "007",
    ),
    *(
        "4.00638E+12",
        "\ufffd",
        "\u00c3\u00a9t\u00c3\u00a9",
        "\ufeffx",
        "a\u202eb",
        "\u00e9;\u20ac",
        "TRUE",
        "a\u00a0b",
        "sep=;",
    ),
)
LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
NAMES = (st.sampled_from(ODD) | st.text(LETTERS, max_size=12)).map(str.strip).filter(bool)
MAYBE = st.just("") | NAMES
PRICES = st.none() | st.integers(0, 999_999_999_999)
HTML = st.sampled_from(["", "<p>a</p>", "=1", "'x", "<p>a</p>\n\n<p>\u00e9 &amp; b</p>", "- a", "a\tb"]).map(
    lambda raw: sanitise_html(raw)[0]
)


def variant(
    options: int, images: list[ExportedImage], sku: str, values: list[str]
) -> st.SearchStrategy[ExportedVariant]:
    ids = [image.id for image in images]

    def made(price: int | None, above: int, **own: Any) -> ExportedVariant:
        sums: dict[str, Any] = {"price": price, "compare_at": price + above if price is not None and above else None}
        if own["on_hand"] < 0 and not (own["tracked"] and own["backorder"]):
            own["on_hand"] = 0
        return ExportedVariant(sku=sku, option_values=values[:options], **sums, **own)

    return st.builds(
        made,
        price=PRICES.map(lambda price: price and min(price, 999_999_000_000)),
        above=st.sampled_from([0, 1, 999_999]),
        weight_grams=st.none() | st.integers(0, 1_000_000_000),
        barcode=st.none() | NAMES | st.from_regex("[0-9]{7,14}", fullmatch=True),
        requires_shipping=st.booleans(),
        taxable=st.booleans(),
        media_id=st.none() | (st.sampled_from(ids) if ids else st.none()),
        on_hand=st.integers(-1_000_000_000, 1_000_000_000),
        tracked=st.booleans(),
        backorder=st.booleans(),
    )


@st.composite
def products(draw: Any, slug: str, skus: list[str]) -> ExportedProduct:
    options = draw(st.lists(NAMES, max_size=3, unique=True))
    addresses = st.none() | st.from_regex(r"https://img\.example/[a-z0-9]{8}\.jpg", fullmatch=True)
    shown = draw(
        st.lists(
            st.tuples(st.uuids(), addresses, MAYBE), max_size=3, unique_by=(lambda i: i[0], lambda i: i[1] or i[0])
        )
    )
    images = [ExportedImage(*image) for image in shown]
    choices = draw(st.lists(st.tuples(*[NAMES] * 3), min_size=1, max_size=3, unique_by=lambda c: c[: len(options)]))
    choices = choices if options else choices[:1]
    variants = [draw(variant(len(options), images, skus.pop(), list(choice))) for choice in choices]
    return ExportedProduct(
        id=UUID(int=1), slug=slug, title=draw(NAMES), description_html=draw(HTML), vendor=draw(MAYBE),
        product_type=draw(MAYBE), tags=draw(st.lists(NAMES, max_size=4)), options=options,
        tax_class=draw(st.sampled_from(["standard", "reduced", "a-1"])),
        status=draw(st.sampled_from(["draft", "active", "archived"])), variants=variants, media=images,
    )  # fmt: skip


@st.composite
def shops(draw: Any) -> list[ExportedProduct]:
    slugs = draw(st.lists(st.sampled_from(["cup", "a-b", "x1", "9", "product"]), min_size=1, max_size=3, unique=True))
    skus = draw(st.lists(NAMES, min_size=9, max_size=9, unique=True))
    return [draw(products(slug, skus)) for slug in slugs]


def written(shop: list[ExportedProduct], currency: str) -> str:
    file = io.StringIO()
    rows = [row for product in shop for row in rows_of(product, currency, ADDRESS)]
    csv.writer(file, lineterminator="\r\n").writerows([HEADER, *rows])
    return "\ufeff" + file.getvalue()


def read_back(export: Export) -> list[ExportedProduct]:
    return [_product(draft) for draft in export.products]


def _product(draft: ProductDraft) -> ExportedProduct:
    assert draft.whole
    assert draft.given == PRODUCT_FIELDS
    ids = {image.key: image for image in draft.media}
    media = [ExportedImage(_id(url), _source(url), image.alt or "") for url, image in ids.items()]
    variants = [
        ExportedVariant(
            v.sku, list(v.option_values), v.weight_grams, v.barcode, v.requires_shipping, v.taxable,
            _id(v.image) if v.image else None, v.quantity or 0, v.tracked, v.backorder, v.price, v.compare_at,
        )
        for v in draft.variants
    ]  # fmt: skip
    names = ("slug", "title", "description_html", "vendor", "product_type", "tax_class", "status")
    own = {name: getattr(draft, name) for name in names} | {"tags": list(draft.tags), "options": list(draft.options)}
    return ExportedProduct(id=UUID(int=1), variants=variants, media=media, **own)


def _id(url: str) -> UUID:
    own = url.removeprefix(f"{ADDRESS}/api/v1/media/")
    return UUID(own) if own != url else UUID(bytes=(url * 2)[-16:].encode())


def _source(url: str) -> str | None:
    return None if url.startswith(ADDRESS) else url


def told(shop: list[ExportedProduct]) -> list[Any]:
    """As it can be compared: an image that has an address is that, and what is not counted has no number."""
    found = []
    for product in shop:
        ids = {image.id: _id(image.source_url) if image.source_url else image.id for image in product.media}
        made = msgspec.to_builtins(product)
        for image in made["media"]:
            image["id"] = str(ids[UUID(image["id"])])
        for each in made["variants"]:
            each["media_id"] = str(ids[UUID(each["media_id"])]) if each["media_id"] else None
            each["on_hand"] = each["on_hand"] if each["tracked"] else 0
        found.append(made)
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(shops(), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_any_products_come_back_as_they_were(shop: list[ExportedProduct], currency: str) -> None:
    export = read_export(written(shop, currency).encode(), currency=currency)
    assert [problem for problem in export.problems if problem.severity != "notice"] == []
    assert told(read_back(export)) == told(shop)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(shops())
def test_no_cell_is_run_by_a_spreadsheet(shop: list[ExportedProduct]) -> None:
    rows = [row for product in shop for row in rows_of(product, "EUR", ADDRESS)]
    negative = HEADER.index("Variant Inventory Qty")
    cells = [cell for row in rows for place, cell in enumerate(row) if place != negative]
    assert [cell for cell in cells if is_formula(cell)] == []
    codes = [row[HEADER.index(name)] for row in rows for name in ("Variant SKU", "Variant Barcode")]
    assert [code for code in codes if re.fullmatch("[0-9]+", code)] == []


def test_odd_texts_come_back_as_they_were() -> None:
    found = []
    for place, odd in enumerate(ODD):
        image = ExportedImage(UUID(int=place + 1), None, odd)
        own: dict[str, Any] = {
            "weight_grams": 0,
            "barcode": odd,
            "requires_shipping": False,
            "taxable": False,
            "media_id": image.id,
        }
        stock: dict[str, Any] = {"on_hand": -1, "tracked": True, "backorder": True}
        variants = [
            ExportedVariant(odd, [odd, "a"], price=2, compare_at=3, **own, **stock),
            ExportedVariant(f"{place}-2", [odd, "A"], price=None, compare_at=None, **own, **stock),
        ]
        one = ExportedVariant(f"{place}-3", ["Default Title"], price=0, compare_at=None, **own, **stock)
        texts = {"title": odd, "description_html": "", "vendor": odd, "product_type": odd, "tax_class": "reduced"}
        fields: dict[str, Any] = {"id": UUID(int=1), "status": "draft", "media": [image], **texts}
        two = ExportedProduct(slug=f"a-{place}", tags=[odd, "b"], options=[odd, "b"], variants=variants, **fields)
        found += [two, ExportedProduct(slug=f"b-{place}", tags=[], options=["Title"], variants=[one], **fields)]
    export = read_export(written(found, "EUR").encode(), currency="EUR")
    assert told(read_back(export)) == told(found)
