"""What is given back of shipping, by the rates that it was taxed at."""

from __future__ import annotations

import msgspec

from orders.documents.domain.content import Content, DocumentError
from orders.documents.domain.rows import DocumentLine
from orders.documents.domain.spreading import fitted, spread


class LessLeft(DocumentError):
    """Of a rate of the invoice less is left than the parts of a refund give back."""


class Credited(msgspec.Struct, frozen=True):
    """An invoice with its number, and the credit notes and reversals about it, the oldest first."""

    number: str
    invoice: Content
    notes: tuple[Content, ...] = ()


def shipping_back(known: Credited, gross: int, tax: int, place: int) -> list[DocumentLine]:
    """The rows of so much of shipping, with so much tax in it: of each rate in proportion to what is left of it.

    Raises:
        LessLeft: less is left, or not with this tax.
        DocumentError: there is no such tax in it.
    """
    if not 0 <= tax <= gross:
        raise DocumentError(f"{tax} is no tax in {gross} of shipping")
    if not gross:
        return []
    left = [_left_of(row, known.notes) for row in known.invoice.shipped]
    parts = spread(gross, [row.gross for row in left]) if left else []
    # No more than is left of the tax, and of what is not tax.
    bounds = [(max(part - row.net, 0), min(part, row.tax)) for part, row in zip(parts, left, strict=True)]
    taxes = fitted(tax, spread(tax, [row.tax for row in left]), bounds) if bounds else None
    if taxes is None or any(least > most for least, most in bounds):
        raise LessLeft(f"of shipping of {known.number} less is left than a refund gives back")
    given = [(row, part, tax_of) for row, part, tax_of in zip(left, parts, taxes, strict=True) if part]
    return [
        msgspec.structs.replace(row, position=place + at, net=part - tax_of, tax=tax_of, gross=part)
        for at, (row, part, tax_of) in enumerate(given)
    ]


def _left_of(row: DocumentLine, notes: tuple[Content, ...]) -> DocumentLine:
    """A row of an invoice's shipping, less what was given back of it."""
    gone = [
        (-1 if note.kind == "reversal" else 1, each)
        for note in notes
        for each in note.shipped
        if each.taxed == row.taxed
    ]
    net, tax = (getattr(row, name) - sum(sign * getattr(each, name) for sign, each in gone) for name in ("net", "tax"))
    return msgspec.structs.replace(row, listed=None, discount=0, relief=0, net=net, tax=tax, gross=net + tax)
