"""Looks into a file before it is imported: its columns, and what the first rows have in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from catalog.importing.shopify.columns import field_of, score
from catalog.importing.shopify.decoding import decode
from catalog.importing.shopify.export import MAX_COLUMNS, NotAnExport
from catalog.importing.shopify.rows import DELIMITERS, HEADER_WITHIN, read_records
from catalog.importing.shopify.text import clean_line, shorten

# What a merchant may say that a column holds. The others come with Shopify's other files.
MAPPABLE = (
    *("handle", "title", "body", "vendor", "type", "category", "tags", "tax_class", "published", "status"),
    *(f"option{n}_{part}" for n in (1, 2, 3) for part in ("name", "value")),
    *("sku", "barcode", "price", "compare_at", "grams", "weight", "weight_unit", "tracker", "quantity", "policy"),
    *("shipping", "taxable", "image", "image_alt", "image_position", "variant_image"),
)
_RARITY = (",", "|", ";", "\t")
_ROWS = 20  # that are looked at
_EXAMPLES = 3
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its place, from 0 on. field: what its name says that it holds, None: nothing known. examples: its
    first values.
    """

    place: int
    name: str
    field: str | None
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inspected:
    """The columns of a file. note: about its encoding, for the merchant."""

    delimiter: str
    columns: tuple[Column, ...]
    note: str | None


def inspect(data: bytes, encoding: str | None = None) -> Inspected:
    """Look at the first rows, whatever the columns are called.

    Raises:
        NotAnExport: it is no text with rows. UnclearEncoding: it can be read in several ways.
    """
    text, note = decode(data, encoding)
    delimiter = _delimiter(text[:HEADER_WITHIN])
    _, records = read_records(text, delimiter)
    rows = [cells for _, cells in islice(records, _ROWS)]
    if not rows:
        raise NotAnExport("The file has no rows. Its first row must name the columns.")
    if len(rows[0]) > MAX_COLUMNS:
        raise NotAnExport(f"The first row names more than {MAX_COLUMNS} columns.")
    return Inspected(delimiter, tuple(_columns(rows[0], rows[1:])), note)


def _columns(header: list[str], rows: list[list[str]]) -> Iterator[Column]:
    taken: set[str] = set()
    for place, cell in enumerate(header):
        found = field_of(cell)
        # Of two columns for one field, an import takes the first.
        field = found if found in MAPPABLE and found not in taken else None
        taken.add(field or "")
        values = (shorten(clean_line(row[place][: 10 * _LONGEST]), _LONGEST) for row in rows if place < len(row))
        yield Column(place, shorten(clean_line(cell), _LONGEST), field, tuple(islice(filter(None, values), _EXAMPLES)))


def _delimiter(head: str) -> str:
    """The one by which most known columns are found; where none is known, by which the rows are alike and widest."""

    def rank(delimiter: str) -> tuple[int, int, int, int]:
        _, records = read_records(head, delimiter)
        rows = [cells for _, cells in islice(records, _ROWS)]
        if not rows:
            return (0, 0, 0, 0)
        width = len(rows[0])
        # The last record may be cut.
        alike = sum(len(cells) == width for cells in rows[:-1] or rows)
        rarity = _RARITY.index(delimiter)
        # Where two would do, the one that texts and amounts have less.
        return (score(rows[0]), alike if width > 1 else 0, width, rarity if width > 1 else -rarity)

    return max(DELIMITERS, key=rank)
