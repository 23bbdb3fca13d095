"""What spreadsheets leave of barcodes and SKUs."""

from __future__ import annotations

import pytest

from catalog.importing.shopify.codes import is_damaged, is_gtin, is_remnant, is_scientific


@pytest.mark.parametrize("code", ["8.80123E+12", "8,80123E+12", "1E+05", "1e5", "12E34"])
def test_scientific_notation_is_recognised(code: str) -> None:
    assert is_scientific(code)


@pytest.mark.parametrize(
    ("code", "damaged"),
    [
        ("4006381333931", False),
        ("4006381333931.0", True),
        ("4006381333931,00", True),
        ("4.00638E+12", True),
        ("12345678905", True),  # 012345678905 with its zero
        ("12345678901", False),  # eleven digits of somebody's own
        ("012345678905", False),
        ("ABC-1", False),
        ("", False),
    ],
)
def test_barcodes_changed_by_a_spreadsheet_are_recognised(code: str, damaged: bool) -> None:  # noqa: FBT001 -- a table of cases
    assert is_damaged(code) is damaged


def test_a_gtin_needs_its_check_digit() -> None:
    assert all(map(is_gtin, ["4006381333931", "012345678905", "73513537", "10012345678902"]))
    assert not is_gtin("4006381333932")


@pytest.mark.parametrize(
    ("code", "whole", "remnant"),
    [
        ("123", "00123", True),
        ("123.0", "123", True),
        ("123.0", "00123", True),
        ("4.00638E+12", "4006381333931", True),
        ("4,00638E+12", "4006381333931", True),
        ("4.00638E+12", "4006391333931", False),
        ("1E+05", "100000", True),
        ("1.00E+05", "1E5", True),
        ("1E+05", "1E6", False),
        ("12345678901234500", "12345678901234567", True),
        ("12345678901234500", "12345678901239567", False),
        ("124", "00123", False),
        ("123", "123", False),
        ("1E+05", "LAMP", False),
        ("1E+999", "100", False),
        ("RED", "00123", False),
    ],
)
def test_a_code_without_its_zeros_is_recognised(code: str, whole: str, remnant: bool) -> None:  # noqa: FBT001 -- a table of cases
    assert is_remnant(code, whole) is remnant
