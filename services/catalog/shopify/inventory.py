"""Shopify's inventory export: a row for each variant and location, with what lies there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.shopify.amounts import BadAmount, parse_quantity
from catalog.shopify.sheet import Row
from catalog.shopify.text import quoted

if TYPE_CHECKING:
    from catalog.shopify.sheet import Sheet

_NUMBERS = ("on_hand_new", "on_hand", "available", "committed", "unavailable")
_READ = (*_NUMBERS, "quantity")
_KNOWS = frozenset({"not stocked", ""})


def sum_locations(sheet: Sheet, handle: str, rows: list[Row]) -> list[Row]:
    """One row for each variant, with what may be sold of it at all locations as its quantity. A file that names no
    locations and holds no counts is left as it is. A variant that is stocked nowhere gets no quantity.
    """
    if not any(map(sheet.column, ("location", *_NUMBERS))):
        return rows
    together: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        values = (row[f"option{n}_value"].casefold() for n in range(1, 10))
        together.setdefault((row["sku"], *values), []).append(row)
    return [_summed(sheet, handle, same) for same in together.values()]


def _summed(sheet: Sheet, handle: str, rows: list[Row]) -> Row:
    found = [amount for row in rows if (amount := _sellable(sheet, handle, row)) is not None]
    cells = {field: cell for field, cell in rows[0].cells.items() if field != "quantity"}
    if found:
        cells["quantity"] = str(sum(found))
    return Row(rows[0].number, cells)


def _sellable(sheet: Sheet, handle: str, row: Row) -> int | None:
    """What is on hand there and neither promised nor set aside; None: it is not stocked there.

    A new count ("On hand (new)") changes what may be sold by as much as it changes what is on hand.
    """
    numbers = {field: _number(sheet, handle, row, field) for field in _READ}
    new, present = numbers["on_hand_new"], numbers["on_hand"]
    available = numbers["quantity"] if numbers["available"] is None else numbers["available"]
    bound = (numbers["committed"] or 0) + (numbers["unavailable"] or 0)
    if present is not None and available is not None:
        bound = present - available
    if new is not None:
        return new - bound
    if available is not None:
        return available
    return None if present is None else present - bound


def _number(sheet: Sheet, handle: str, row: Row, field: str) -> int | None:
    raw = row[field]
    if raw.casefold() in _KNOWS:
        return None
    try:
        return parse_quantity(raw)
    except BadAmount as bad:
        message = f"The quantity {quoted(raw)} {bad}, so it was left aside. Correct it and import again."
        sheet.report.change(row.number, bad.code, message, handle=handle, column=sheet.column(field))
        return None
