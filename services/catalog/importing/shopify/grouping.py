"""Groups rows by product, and assigns the handles."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from catalog.importing.shopify.export import MAX_HANDLE
from catalog.importing.shopify.rows import Row, Sheet, read_row
from catalog.importing.shopify.text import digest, is_faithful, mojibake, quoted, shorten, slug


def group_rows(sheet: Sheet, records: Iterable[tuple[int, list[str]]]) -> dict[str, list[Row]]:
    """Usable rows by the handle they name (as written, but for case and width), or by SKU where they name no product.
    The others are refused.
    """
    groups: dict[str, list[Row]] = {}
    last = ""
    for number, cells in records:
        row = read_row(sheet, number, cells)
        row.handle = canonical_handle(_fold(row["handle"])) if row["handle"] else ""
        if row.is_refused or _refuse_command(row) or _refuse_garbled(row):
            continue
        sheet.ignored.update(i for i, cell in enumerate(cells) if cell and i in sheet.header.others)
        key = _key(row, last)
        if key:
            groups.setdefault(key, []).append(row)
            last = key
    _report_columns(sheet)
    return groups


def _refuse_command(row: Row) -> bool:
    """Refuse a row with a delete or ignore command of Matrixify; returns whether it has one."""
    for field in ("command", "variant_command"):
        if row[field].casefold() in {"delete", "ignore"}:
            message = (
                f"The row has the command {quoted(row[field])}. An import deletes nothing: archive the product in the "
                "shop, or remove the variant's row from the file, and it is no longer sold."
            )
            row.refuse("command", message, field)
            return True
    return False


def _refuse_garbled(row: Row) -> bool:
    """Refuse a row with letters that were lost or decoded wrongly before; returns whether it has any."""
    if row.sheet.header.own:
        return False
    for field, text in row.cells.items():
        if "\ufffd" in text:
            message = (
                f"Letters of {quoted(text)} are missing: a program replaced them when it wrote the file. "
                "Export the products again."
            )
        elif meant := mojibake(text):
            message = (
                f"The text {quoted(text)} was read with a wrong encoding before this file was saved; it was "
                f"{quoted(meant)}. Export the products again and open the file as UTF-8."
            )
        else:
            continue
        row.refuse("garbled_text", message, field)
        return True
    return False


def _key(row: Row, last: str) -> str:
    """The key of the row's group; empty when it is refused."""
    header = row.sheet.header
    if header.by_sku and row["sku"]:
        return row["sku"]
    if row["handle"]:
        return _fold(row["handle"])
    if row["title"]:
        message = f"The row has no handle, so one was made from the title {quoted(row['title'])}."
        row.tally("changed", "handle_made", message, "handle")
        return canonical_handle(row["title"])
    if last and "handle" not in header.names:
        return last
    if header.by_sku:
        row.refuse("no_sku", "The row has no SKU, so its variant is not known. Fill it in and import again.", "sku")
        return ""
    message = "The row has no handle and no title, so its product is not known. Fill in the handle and import again."
    row.refuse("no_handle", message, "handle")
    return ""


def _fold(handle: str) -> str:
    return unicodedata.normalize("NFKC", handle).casefold()


def canonical_handle(raw: str) -> str:
    """`[a-z0-9]+(-[a-z0-9]+)*` of at most MAX_HANDLE; with a digest where letters had to go."""
    handle = slug(raw)
    if is_faithful(raw) and 0 < len(handle) <= MAX_HANDLE:
        return handle
    return _with_digest(handle, raw)


def _with_digest(handle: str, raw: str) -> str:
    return f"{shorten(handle, MAX_HANDLE - 9).strip('-') or 'product'}-{digest(raw)}"


def with_handles(groups: dict[str, list[Row]]) -> Iterator[list[Row]]:
    """Each group, its rows with their canonical handle. Where two would share one, the group that is written so gets
    it.
    """
    wanted = {key: canonical_handle(key) for key in groups}
    taken = {key for key, handle in wanted.items() if key == handle}
    for key, first_choice in wanted.items():
        handle = first_choice
        rows = groups.pop(key)  # removed, so that rows and products are not all in memory at once
        if key != handle:
            while handle in taken:
                handle = _with_digest(handle, key + handle)
            taken.add(handle)
        for row in rows:
            row.handle = handle
        written = rows[0]["handle"]
        if written and written != handle:
            message = (
                f"The handle {quoted(written)} was changed to {quoted(handle)}: only a-z, 0-9 and hyphens are allowed."
            )
            rows[0].change("handle_changed", message, "handle")
        yield rows


def _report_columns(sheet: Sheet) -> None:
    header, ignored = sheet.header, sheet.ignored
    if header.doubled:
        names = ", ".join(quoted(name) for name in header.doubled[:20])
        sheet.notice("doubled_columns", f"Several columns are for the same field; these were ignored: {names}.")
    if ignored:
        names = ", ".join(quoted(header.others[i]) for i in sorted(ignored)[:20])
        more = f" and {len(ignored) - 20} more" if len(ignored) > 20 else ""
        sheet.notice("columns_left_aside", f"These columns are not supported and were ignored: {names}{more}.")
