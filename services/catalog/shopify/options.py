"""The choices a product offers, and each variant row's place among them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.shopify.model import MAX_LINE, MAX_VARIANTS
from catalog.shopify.text import quoted, shorten

if TYPE_CHECKING:
    from catalog.shopify.sheet import Row, Sheet

_MOST = 3
# 04. Mrz, 4-Mar, Mar-04: day and month, or month and year, in the languages of spreadsheets.
_MONTH = (
    "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mrz|m\u00e4r|mai|okt|dez|janv|f\u00e9vr|mars|avr|juin|juil|ao\u00fbt|"
    "sept|d\u00e9c|ene|abr|ago|dic|gen|mag|giu|lug|set|ott)"
)
_DATE = re.compile(rf"[0-9]{{1,2}}[.]?[ -]?{_MONTH}[.]?|{_MONTH}[.]?[ -][0-9]{{2}}", re.IGNORECASE)
_NUMBERS = range(1, 10)


@dataclass(frozen=True, slots=True)
class Options:
    """names and `named` (whether the file gives it) of each option; the rows that are variants with their values in the
    same order. given: whether the file says anything of options, if only that there are none.
    """

    names: list[str]
    named: tuple[bool, ...]
    places: list[tuple[Row, list[str]]]
    given: bool


def read_options(sheet: Sheet, handle: str, rows: list[Row]) -> Options:
    """What the rows say of the product's choices.

    rows: the product's variant rows. Refuses the ones without a value, a second one with the same values and those
    beyond MAX_VARIANTS; all of them when there are more than three options.
    """
    used = [n for n in _NUMBERS if any(row[f"option{n}_value"] for row in rows)]
    if len(used) > _MOST:
        message = f"The product has {len(used)} options; Shopify and this shop know {_MOST}. Join two and import again."
        sheet.report.refuse(rows[0].number, "too_many_options", message, handle=handle)
        return Options([], (), [], given=True)
    if not used:
        return Options([], (), _unnamed(sheet, handle, rows), given=False)
    if used == [1] and all(row["option1_value"].casefold() in {"", "default title"} for row in rows):
        used = []
    written = [next((row[f"option{n}_name"] for row in rows if row[f"option{n}_name"]), "") for n in used]
    names = _names(sheet, handle, rows, dict(zip(used, written, strict=True)))
    return Options(names, tuple(map(bool, written)), _places(sheet, handle, rows, used), given=True)


def _unnamed(sheet: Sheet, handle: str, rows: list[Row]) -> list[tuple[Row, list[str]]]:
    """Rows without any option values: their SKUs tell them apart, if anything does."""
    seen: dict[str, int] = {}
    for row in rows:
        if row["sku"] in seen:
            message = f"Row {seen[row['sku']]} already is this variant. Give this one option values or another SKU."
            sheet.report.refuse(row.number, "duplicate_variant", message, handle=handle)
        else:
            seen[row["sku"]] = row.number
    places: list[tuple[Row, list[str]]] = [(row, []) for row in rows if seen[row["sku"]] == row.number]
    return places[:MAX_VARIANTS]


def _names(sheet: Sheet, handle: str, rows: list[Row], written: dict[int, str]) -> list[str]:
    names: list[str] = []
    for n, name in written.items():
        wanted = shorten(name, MAX_LINE - 2) or f"Option {n}"
        if wanted.casefold() in {other.casefold() for other in names}:
            wanted = f"{wanted} {n}"
        if wanted != name and (name or any(row["title"] for row in rows)):
            message = f"Option {n} has no name of its own; if the shop has none for it either, it is {quoted(wanted)}."
            column = sheet.column(f"option{n}_name")
            sheet.report.change(rows[0].number, "option_renamed", message, handle=handle, column=column)
        names.append(wanted)
    return names


def _places(sheet: Sheet, handle: str, rows: list[Row], used: list[int]) -> list[tuple[Row, list[str]]]:
    seen: dict[tuple[str, ...], int] = {}
    places: list[tuple[Row, list[str]]] = []
    for row in rows:
        values = [shorten(row[f"option{n}_value"], MAX_LINE) for n in used]
        key = tuple(value.casefold() for value in values)
        if not all(values):
            n = used[values.index("")]
            message = f"The variant has no value for option {n}, which the product's other variants have. Fill it in."
            column = sheet.column(f"option{n}_value")
            sheet.report.refuse(row.number, "missing_option_value", message, handle=handle, column=column)
        elif key in seen:
            what = quoted(" / ".join(values)) if values else "no options"
            message = f"Row {seen[key]} already is the variant with {what}. Give this one other option values."
            sheet.report.refuse(row.number, "duplicate_variant", message, handle=handle)
        elif len(places) >= MAX_VARIANTS:
            message = f"The product has more than {MAX_VARIANTS} variants. Split it into several products."
            sheet.report.refuse(row.number, "too_many_variants", message, handle=handle)
        else:
            seen[key] = row.number
            places.append((row, values))
            _remark_on_dates(sheet, handle, row, values)
    return places


def _remark_on_dates(sheet: Sheet, handle: str, row: Row, values: list[str]) -> None:
    for value in values:
        if _DATE.fullmatch(value):
            message = (
                f"The option value {quoted(value)} may be what a spreadsheet made of a size such as 3-4. If it is, "
                "format the column as text there, correct it and import again."
            )
            sheet.report.tally("notice", row.number, "spreadsheet_dates", message, handle=handle)
