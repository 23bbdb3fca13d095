"""Rows that name a variant by its SKU alone, and rows of which nothing may be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.shopify.inventory import sum_locations
from catalog.shopify.text import mojibake, quoted
from catalog.shopify.variants import read_variant

if TYPE_CHECKING:
    from catalog.shopify.columns import Header
    from catalog.shopify.model import ImportedVariant
    from catalog.shopify.report import Report
    from catalog.shopify.sheet import Row, Sheet


def read_lines(sheet: Sheet, rows: list[Row]) -> list[ImportedVariant]:
    """The variants of a file that names no products. Refuses a second row of an SKU, but for other locations."""
    seen: dict[str, int] = {}
    single = []
    for row in sum_locations(sheet, "", rows):
        if row["sku"] in seen:
            message = f"Row {seen[row['sku']]} already has the SKU {quoted(row['sku'])}. Delete one of the two."
            sheet.report.refuse(row.number, "duplicate_sku", message, column=sheet.column("sku"))
        else:
            seen[row["sku"]] = row.number
            single.append(row)
    read = [read_variant(sheet, "", row, []) for row in single]
    found = []
    for variant in read:
        if variant and not variant.given_sku:
            message = "The SKU has lost its digits in a spreadsheet, so it cannot be told which variant is meant."
            sheet.report.refuse(variant.row, "no_sku", message, column=sheet.column("sku"))
        elif variant:
            found.append(variant)
    return found


def refuse_commands(report: Report, header: Header, row: Row, handle: str) -> bool:
    """Whether the row is one that Matrixify would delete or pass over: nothing is deleted by an import."""
    for field in ("command", "variant_command"):
        if row[field].casefold() in {"delete", "ignore"}:
            message = (
                f"The row says {quoted(row[field])}. An import deletes nothing: archive the product in the shop, or "
                "leave the variant out of its product's rows to retire it."
            )
            report.refuse(row.number, "command", message, handle=handle, column=header.names[field])
            return True
    return False


def refuse_garbled(report: Report, header: Header, row: Row, handle: str) -> bool:
    """Whether letters of the row were lost or mixed up before: nobody shall read that in the shop."""
    for field, text in row.cells.items():
        if "\ufffd" in text:
            message = (
                f"Letters of {quoted(text)} are lost: they were replaced by a sign for unreadable ones when the file "
                "was made. Export it again."
            )
        elif meant := mojibake(text):
            message = (
                f"The text {quoted(text)} was read in the wrong encoding before this file was saved; it was "
                f"{quoted(meant)}. Export the products again and open the file as UTF-8."
            )
        else:
            continue
        report.refuse(row.number, "garbled_text", message, handle=handle, column=header.names[field])
        return True
    return False
