"""Whatever is uploaded: an Export that keeps its promises, or NotAnExport."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.importing import VariantDraft
from catalog.importing.shopify import Export, NotAnExport, read_export
from catalog.tests.importing.sheets import HEADER, sheet
from catalog.tests.importing.test_sanitise import assert_safe

INT8 = 2**63 - 1
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def assert_clean(*texts: str) -> None:
    for text in texts:
        assert text == text.strip()
        assert all(unicodedata.category(c) not in {"Cc", "Cs"} for c in text), repr(text)


def sku_in_file(variant: VariantDraft, given: dict[str, int]) -> str:
    """The SKU that a new variant gets: its own where it is the first to have it, else the derived one."""
    return variant.sku if given.get(variant.sku) == variant.row else variant.derived_sku


def assert_promises(export: Export) -> None:
    variants = [variant for product in export.products for variant in product.variants]
    given = {v.sku: v.row for v in reversed(variants) if v.sku}
    assert max(Counter(sku_in_file(v, given) for v in variants).values(), default=1) == 1
    assert max(Counter(p.slug for p in export.products).values(), default=1) == 1
    refused = [p.row for p in export.problems if p.severity == "refused"]
    # The first row of a product speaks for it even where it is refused, which it is for a bad image address alone.
    rows = [row for p in export.products for row in p.rows if row != p.rows[0] or row not in refused]
    assert len({*rows, *refused}) == len(rows) + len(refused) == export.rows
    assert [p.row for p in export.problems] == sorted(p.row for p in export.problems)
    for product in export.products:
        assert SLUG.fullmatch(product.slug)
        assert len(product.slug) <= 200
        assert_clean(product.title, product.vendor, product.product_type, *product.tags, *product.options)
        assert product.title or "title" not in product.given
        assert_safe(product.description_html)
        assert len({name.casefold() for name in product.options}) == len(product.options) <= 3
        assert len({i.source_url for i in product.media}) == len(product.media)
        values = {tuple(value.casefold() for value in v.option_values) for v in product.variants}
        # Without options they are told by their SKUs.
        assert len(values) == len(product.variants) or "options" not in product.given
        for variant in product.variants:
            assert_clean(variant.sku, variant.barcode or "", *variant.option_values)
            assert len(variant.sku) <= 100
            assert 0 < len(variant.derived_sku) <= 100
            assert len(variant.option_values) == len(product.options)
            price = -1 if variant.price is None else variant.price
            assert -1 <= price <= INT8
            assert variant.compare_at is None or price < variant.compare_at <= INT8
            assert (variant.quantity is None) is not variant.tracked
            assert 0 <= (variant.quantity or 0) <= 2**31 - 1
            assert 0 <= (variant.weight_grams or 0) <= 2**31 - 1
            assert variant.image is None or variant.image in {i.source_url for i in product.media}
            assert variant.row in product.rows
    for problem in export.problems:
        assert_clean(problem.message)
        assert problem.message.endswith(".")


@settings(deadline=None)  # what is no UTF-8 is tried in every encoding
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(NotAnExport):
        assert_promises(read_export(data, currency="EUR"))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_below_a_header_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(NotAnExport):
        assert_promises(read_export(b"Handle,Title,Variant Price,Option1 Value\n" + data, currency="EUR"))


CELLS = {
    "Handle": st.sampled_from(["cup", "Cup", "jug", "jug ", "", "日本", "a_b", "a-b", "café", "cafe", "product"]),
    "Title": st.sampled_from(["", "", "Cup", "Jug", "\x00"]),
    "Option1 Name": st.sampled_from(["", "Color", "Title"]),
    "Option1 Value": st.sampled_from(["", "Blue", "blue", "Red", "金", "Default Title", "b"]),
    "Option2 Value": st.sampled_from(["", "", "", "S", "M"]),
    "Variant SKU": st.sampled_from(["", "", "X", "CUP-BLUE", "'X", "CUP", "9E9"]),
    "Variant Price": st.sampled_from(["", "1", "2.50", "0", "-1", "x", "99999999999999"]),
    "Variant Compare At Price": st.sampled_from(["", "2", "x"]),
    "Variant Inventory Tracker": st.sampled_from(["", "shopify"]),
    "Variant Inventory Qty": st.sampled_from(["", "5", "-5", "x"]),
    "Image Src": st.sampled_from(["", "https://x.example/a.jpg", "https://x.example/b.jpg", "bad"]),
    "Variant Image": st.sampled_from(["", "https://x.example/a.jpg", "bad"]),
    "Gift Card": st.sampled_from(["", "", "", "true"]),
}
ROW = st.fixed_dictionaries({}, optional=CELLS) | st.dictionaries(
    st.sampled_from(HEADER), st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=6
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROW, min_size=1, max_size=12), st.sampled_from([",", ";", "\t"]))
def test_any_rows_are_read_the_same_twice(rows: list[dict[str, str]], delimiter: str) -> None:
    data = sheet(*rows, delimiter=delimiter).encode()
    with contextlib.suppress(NotAnExport):
        export = read_export(data, currency="EUR")
        assert_promises(export)
        assert read_export(data, currency="EUR") == export
