"""Writing small exports, as a shop would."""

from __future__ import annotations

import csv
import io

from catalog.importing.shopify import Export, read_export

HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,"
    "Option3 Name,Option3 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,"
    "Variant Inventory Policy,Variant Fulfillment Service,Variant Price,Variant Compare At Price,"
    "Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,Image Alt Text,Gift Card,"
    "SEO Title,Variant Image,Variant Weight Unit,Variant Tax Code,Status"
).split(",")
PLAIN = {"Option1 Name": "Title", "Option1 Value": "Default Title", "Variant Price": "10.00"}


def sheet(*rows: dict[str, str], header: list[str] | None = None, delimiter: str = ",") -> str:
    """A CSV file with these rows; cells that a row does not name are empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header or HEADER, delimiter=delimiter, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def read(*rows: dict[str, str], currency: str = "EUR", header: list[str] | None = None) -> Export:
    return read_export(sheet(*rows, header=header).encode(), currency=currency)


def plain(handle: str = "cup", **cells: str) -> dict[str, str]:
    """A product without options in one row. Keyword names stand for columns: Variant_Price is "Variant Price"."""
    named = {name.replace("_", " "): value for name, value in cells.items()}
    return {"Handle": handle, "Title": handle.title(), **PLAIN, **named}


def codes(export: Export) -> list[tuple[int, str, str]]:
    """Row, code and severity of every finding, without the two that every file without SKUs and trackers has."""
    usual = {"sku_made", "stock_not_tracked"}
    return [(p.row, p.code, p.severity) for p in export.problems if p.code not in usual]
