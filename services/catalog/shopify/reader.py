"""The whole way from an uploaded file to an Export."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from catalog.shopify.columns import Header, read_header
from catalog.shopify.decoding import EXPECTED, decode
from catalog.shopify.lines import read_lines, refuse_commands, refuse_garbled
from catalog.shopify.model import MAX_CELL, MAX_HANDLE, Export, ImportedProduct, NotAnExport
from catalog.shopify.products import read_product
from catalog.shopify.records import Record, open_sheet
from catalog.shopify.report import Report
from catalog.shopify.sheet import Row, Sheet
from catalog.shopify.skus import assign_skus
from catalog.shopify.text import clean_block, clean_line, digest, is_faithful, is_unclean, quoted, shorten, slug
from chassis.values import sellable

if TYPE_CHECKING:
    from collections.abc import Iterable


def read_export(data: bytes, *, currency: str, encoding: str | None = None) -> Export:
    """Products and findings of a Shopify product export; prices are taken to be in `currency` (ISO 4217).

    encoding: what the merchant says that the file is written in; None: it is found out.

    The same bytes always make the same Export, and handles and derived SKUs depend on their own rows only, so an
    import may be repeated. Raises NotAnExport when the file as a whole is of no use (UnclearEncoding where it
    can be read in several ways), ValueError for a currency that is none. Memory is bounded by MAX_BYTES and MAX_ROWS.
    """
    if not sellable(currency):
        raise ValueError(f"no shop sells in {currency!r}: name a currency by its ISO 4217 code, such as EUR")
    text, note = decode(data, encoding)
    delimiter, records = open_sheet(text)
    header = read_header(next(records).cells)
    report = Report()
    if note:
        report.notice(1, "encoding", note)
    groups, rows = _group(report, header, records)
    if not rows:
        raise NotAnExport(f"The file has a header but no products below it. {EXPECTED}")
    sheet = Sheet(report, currency, header.names, delimiter == ";", header.stock_only)
    if header.by_sku:
        members = [row for group in groups.values() for row in group]
        return _lines(sheet, members, rows)
    products: list[ImportedProduct] = []
    for handle, members in _handles(report, header, groups):
        product = read_product(sheet, handle, members)
        if product:
            products.append(replace(product, handle_made=not any(row["handle"] for row in members)))
    return Export(assign_skus(sheet, products), report.finish(), rows, stock_only=header.stock_only)


def _lines(sheet: Sheet, members: list[Row], rows: int) -> Export:
    lines = read_lines(sheet, members)
    return Export([], sheet.report.finish(), rows, lines, sheet.stock_only)


def _group(report: Report, header: Header, records: Iterable[Record]) -> tuple[dict[str, list[Row]], int]:
    """Usable rows by the handle they name (as written, but for case and width), and the number of all rows."""
    groups: dict[str, list[Row]] = {}
    rows, last, ignored = 0, "", set[int]()
    for record in records:
        rows += 1
        if _refuse_misshapen(report, header, record):
            continue
        row = _row(report, header, record)
        handle = canonical_handle(_fold(row["handle"])) if row["handle"] else ""
        if refuse_commands(report, header, row, handle) or refuse_garbled(report, header, row, handle):
            continue
        ignored.update(i for i, cell in enumerate(record.cells) if cell and i in header.others)
        key = _key(report, header, row, last)
        if key:
            groups.setdefault(key, []).append(row)
            last = key
    _remark_on_columns(report, header, ignored)
    return groups, rows


def _refuse_misshapen(report: Report, header: Header, record: Record) -> bool:
    if record.unclosed:
        message = (
            "A quotation mark opened in this row is never closed, so the rest of the file cannot be told apart. Close "
            "it (or write it twice inside a text) and import again."
        )
        report.refuse(record.number, "unclosed_quotation_mark", message)
    elif any(cell.strip() for cell in record.cells[header.width :]):
        message = (
            f"The row has {len(record.cells)} cells where the header has {header.width}, so its values may stand in "
            "the wrong columns. Put texts with the delimiter inside in quotation marks and import again."
        )
        report.refuse(record.number, "too_many_cells", message)
    return report.is_refused(record.number)


def _row(report: Report, header: Header, record: Record) -> Row:
    cells: dict[str, str] = {}
    for index, field in header.fields.items():
        raw = record.cells[index] if index < len(record.cells) else ""
        text = clean_block(raw) if field == "body" else clean_line(raw[:MAX_CELL])
        if text:
            cells[field] = text
        if not raw.isprintable() and is_unclean(raw):
            message = "Invisible control characters were taken out of the text."
            column = header.names[field]
            report.tally("changed", record.number, "control_characters", message, column=column)
    if len(record.cells) < header.width:
        message = f"The row has fewer cells ({len(record.cells)}) than the header; the missing ones count as empty."
        report.tally("notice", record.number, "short_row", message)
    return Row(record.number, cells)


def _key(report: Report, header: Header, row: Row, last: str) -> str:
    """What groups the row with others; empty when it is refused."""
    if header.by_sku and row["sku"]:
        return row["sku"]
    if row["handle"]:
        return _fold(row["handle"])
    if row["title"]:
        message = f"The row has no handle; it was made from the title {quoted(row['title'])}."
        column = header.names.get("handle")
        report.tally("changed", row.number, "handle_made", message, column=column)
        return canonical_handle(row["title"])
    if last and "handle" not in header.names:
        return last
    if header.by_sku:
        message = "The row has no SKU, so it cannot be told which variant it means. Fill it in."
        report.refuse(row.number, "no_sku", message, column=header.names["sku"])
        return ""
    message = "The row has neither a handle nor a title, so it belongs to no product. Fill in the handle."
    report.refuse(row.number, "no_handle", message, column=header.names.get("handle"))
    return ""


def _fold(handle: str) -> str:
    return unicodedata.normalize("NFKC", handle).casefold()


def canonical_handle(raw: str) -> str:
    """`[a-z0-9]+(-[a-z0-9]+)*` of at most MAX_HANDLE; with a digest where letters had to go."""
    handle = slug(raw)
    if is_faithful(raw) and 0 < len(handle) <= MAX_HANDLE:
        return handle
    return _marked(handle, raw)


def _marked(handle: str, raw: str) -> str:
    return f"{shorten(handle, MAX_HANDLE - 9).strip('-') or 'product'}-{digest(raw)}"


def _handles(report: Report, header: Header, groups: dict[str, list[Row]]) -> Iterable[tuple[str, list[Row]]]:
    """Each group with its canonical handle. Where two would share one, it goes to the group that is written so."""
    wanted = {key: canonical_handle(key) for key in groups}
    taken = {key for key, handle in wanted.items() if key == handle}
    for key, first_choice in wanted.items():
        handle = first_choice
        rows = groups.pop(key)  # given away, so that rows and products are not all held at once
        if key != handle:
            while handle in taken:
                handle = _marked(handle, key + handle)
            taken.add(handle)
        written = rows[0]["handle"]
        if written and written != handle:
            message = (
                f"The handle {quoted(written)} became {quoted(handle)}: web addresses keep to a-z, 0-9 and hyphens."
            )
            report.change(rows[0].number, "handle_changed", message, handle=handle, column=header.names["handle"])
        yield handle, rows


def _remark_on_columns(report: Report, header: Header, ignored: set[int]) -> None:
    if header.doubled:
        names = ", ".join(quoted(name) for name in header.doubled[:20])
        report.notice(1, "doubled_columns", f"More than one column holds the same; these were left aside: {names}.")
    if ignored:
        names = ", ".join(quoted(header.others[i]) for i in sorted(ignored)[:20])
        more = f" and {len(ignored) - 20} more" if len(ignored) > 20 else ""
        report.notice(1, "columns_left_aside", f"These columns have no place here and were left aside: {names}{more}.")
