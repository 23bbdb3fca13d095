"""Reads Shopify's inventory export, which has a row for each variant and location."""

from __future__ import annotations

from dataclasses import replace

from catalog.importing.shopify.amounts import BadAmount, parse_quantity
from catalog.importing.shopify.rows import Row
from catalog.importing.shopify.text import quoted

_NUMBERS = ("on_hand_new", "on_hand", "available", "committed", "unavailable")
_READ = (*_NUMBERS, "quantity")
_KNOWS = frozenset({"not stocked", ""})


def sum_locations(rows: list[Row]) -> list[Row]:
    """One row for each variant; its quantity is the sum of the sellable units of all locations. A file without them
    is not changed. A variant that is not stocked anywhere gets no quantity.
    """
    if not rows or not any(map(rows[0].column, ("location", *_NUMBERS))):
        return rows
    together: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        values = (row[f"option{n}_value"].casefold() for n in range(1, 10))
        together.setdefault((row["sku"], *values), []).append(row)
    return [_summed(same) for same in together.values()]


def _summed(rows: list[Row]) -> Row:
    found = [amount for row in rows if (amount := _sellable(row)) is not None]
    cells = {field: cell for field, cell in rows[0].cells.items() if field != "quantity"}
    if found:
        cells["quantity"] = str(sum(found))
    return replace(rows[0], cells=cells)


def _sellable(row: Row) -> int | None:
    """The units on hand and neither committed nor unavailable; None if the variant is not stocked there.

    A new count ("On hand (new)") changes the sellable units by the same number as the units on hand.
    """
    numbers = {field: _number(row, field) for field in _READ}
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


def _number(row: Row, field: str) -> int | None:
    raw = row[field]
    if raw.casefold() in _KNOWS:
        return None
    try:
        return parse_quantity(raw)
    except BadAmount as bad:
        message = f"The quantity {quoted(raw)} {bad}, so it was ignored. Correct it and import again."
        row.change(bad.code, message, field)
        return None
