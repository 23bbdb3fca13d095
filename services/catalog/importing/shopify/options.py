"""Reads the options of a product, and the option values of each variant row."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.importing.shopify.export import MAX_LINE, MAX_VARIANTS
from catalog.importing.shopify.rows import Row
from catalog.importing.shopify.text import quoted, shorten

_MOST = 3
# 04. Mrz, 4-Mar, Mar-04: day and month, or month and year, in the languages of spreadsheets.
_MONTH = (
    "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mrz|m\u00e4r|mai|okt|dez|janv|f\u00e9vr|mars|avr|juin|juil|ao\u00fbt|"
    "sept|d\u00e9c|ene|abr|ago|dic|gen|mag|giu|lug|set|ott)"
)
_DATE = re.compile(rf"[0-9]{{1,2}}[.]?[ -]?{_MONTH}[.]?|{_MONTH}[.]?[ -][0-9]{{2}}", re.IGNORECASE)
_NUMBERS = range(1, 10)
Places = list[tuple[Row, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a product.

    names and `named` (whether the file gives the name) of each; places: the rows that are variants, with their values
    in the same order. given: whether the file says anything of options, if only that there are none.
    """

    names: tuple[str, ...]
    named: tuple[bool, ...]
    places: Places
    given: bool


def read_options(rows: list[Row]) -> Options:
    """The options that the rows give.

    rows: the product's variant rows. Refuses the ones without a value, a second one with the same values and those
    beyond MAX_VARIANTS; all of them when there are more than three options.
    """
    used = [n for n in _NUMBERS if any(row[f"option{n}_value"] for row in rows)]
    own = bool(rows) and rows[0].sheet.header.own
    if len(used) > _MOST:
        message = f"The product has {len(used)} options; this shop allows {_MOST}. Combine two and import again."
        rows[0].refuse("too_many_options", message)
        return Options((), (), [], given=True)
    if not used:
        said = own and rows[0].column("option1_value") is not None
        return Options((), (), _places(rows, []) if said else _unnamed(rows), given=said)
    if not own and used == [1] and all(row["option1_value"].casefold() in {"", "default title"} for row in rows):
        used = []
    written = [
        next((row[f"option{n}_name"] for row in rows if row[f"option{n}_name"]), _heading(rows, n)) for n in used
    ]
    names = _names(rows, dict(zip(used, written, strict=True)))
    return Options(names, tuple(map(bool, written)), _places(rows, used), given=True)


def _heading(rows: list[Row], n: int) -> str:
    """The name of the column of an option's values, where the merchant said that these are in it."""
    field = f"option{n}_value"
    return (rows[0].column(field) or "") if field in rows[0].sheet.header.chosen else ""


def _unnamed(rows: list[Row]) -> Places:
    """Rows without option values: they are distinguished by their SKUs."""
    seen: dict[str, int] = {}
    for row in rows:
        if row["sku"] in seen:
            message = f"Row {seen[row['sku']]} already has this variant. Give this row option values or another SKU."
            row.refuse("duplicate_variant", message)
        else:
            seen[row["sku"]] = row.number
    places: Places = [(row, ()) for row in rows if seen[row["sku"]] == row.number]
    return places[:MAX_VARIANTS]


def _names(rows: list[Row], written: dict[int, str]) -> tuple[str, ...]:
    names: list[str] = []
    own = rows[0].sheet.header.own
    for n, name in written.items():
        wanted = shorten(name, MAX_LINE if own else MAX_LINE - 2) or f"Option {n}"
        if wanted in names or (not own and wanted.casefold() in {other.casefold() for other in names}):
            wanted = f"{wanted} {n}"
        if wanted != name and (name or any(row["title"] for row in rows)):
            message = f"Option {n} has no name. If the shop has none for it either, its name is {quoted(wanted)}."
            rows[0].change("option_renamed", message, f"option{n}_name")
        names.append(wanted)
    return tuple(names)


def _places(rows: list[Row], used: list[int]) -> Places:
    seen: dict[tuple[str, ...], int] = {}
    places: Places = []
    for row in rows:
        values = tuple(shorten(row[f"option{n}_value"], MAX_LINE) for n in used)
        key = values if row.sheet.header.own else tuple(value.casefold() for value in values)
        if not all(values):
            n = used[values.index("")]
            message = f"The variant has no value for option {n}, which the product's other variants have. Fill it in."
            row.refuse("missing_option_value", message, f"option{n}_value")
        elif key in seen:
            what = quoted(" / ".join(values)) if values else "no options"
            message = f"Row {seen[key]} already has the variant with {what}. Give this row other option values."
            row.refuse("duplicate_variant", message)
        elif len(places) >= MAX_VARIANTS:
            message = f"The product has more than {MAX_VARIANTS} variants. Split it into several products."
            row.refuse("too_many_variants", message)
        else:
            seen[key] = row.number
            places.append((row, values))
            _remark_on_dates(row, values)
    return places


def _remark_on_dates(row: Row, values: tuple[str, ...]) -> None:
    for value in values:
        if _DATE.fullmatch(value):
            message = (
                f"A spreadsheet may have changed a size such as 3-4 to the option value {quoted(value)}. If so, format "
                "the column as text, correct it and import again."
            )
            row.tally("notice", "spreadsheet_dates", message)
