"""What a credit note says: the pieces, the shipping and the amounts that a refund gives back of an invoice.

An amount without lines is spread over the rates of the invoice in proportion to what is left of each; the greatest
remainders take the last units, so that the parts add up exactly, and what takes the rest of a rate takes its whole tax.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.values import charge_step
from orders.checkout import Order
from orders.documents.domain.content import Content, DocumentError, Party, about, checked
from orders.documents.domain.rows import DocumentLine, TaxSum, shipping_fields, tax_sums
from orders.documents.domain.shipping_back import Credited, LessLeft, shipping_back
from orders.documents.domain.spreading import spread
from orders.pricing import tax_in


class CreditedLine(msgspec.Struct, frozen=True):
    """Pieces of a line of the order: what is given back for them, the tax in it, and what had been taken off. No
    piece: the line got cheaper.
    """

    position: int
    quantity: int
    gross: int
    tax: int
    discount: int = 0


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """A refund as its credit note shows it. What `amount` is more than lines and shipping is given back beside them.

    `rounding`: so that a card can be charged with the amount. More than that is a part of what is given back beside.
    """

    refund_id: UUID
    amount: int
    lines: tuple[CreditedLine, ...] = ()
    shipping: int = 0
    shipping_tax: int = 0
    rounding: int = 0
    reason: str | None = None
    at: datetime | None = None


def credit_note_of(order: Order, credit: Credit, known: Credited, seller: Party) -> Content:
    """The credit note of a refund. Raises DocumentError.

    Where its parts do not fit what is left of each rate, it is one of the amount alone: an amount that was given back
    while another refund was on its way has been spread otherwise than the parts that are left.
    """
    try:
        return _with_parts(order, credit, known, seller)
    except LessLeft:
        alone = Credit(
            refund_id=credit.refund_id,
            amount=credit.amount,
            rounding=credit.rounding,
            reason=credit.reason,
            at=credit.at,
        )
        return _with_parts(order, alone, known, seller)


def _with_parts(order: Order, credit: Credit, known: Credited, seller: Party) -> Content:
    if not 0 < credit.amount <= order.total:
        raise DocumentError(f"refund {credit.refund_id} is of {credit.amount}, of an order of {order.total}")
    lines = [_line(known.invoice, line, place) for place, line in enumerate(credit.lines, start=1)]
    shipping = shipping_back(known, credit.shipping, credit.shipping_tax, len(lines) + 1)
    rounding = _rounding(order, credit, known)
    given = sum(line.gross for line in lines) + credit.shipping + rounding
    left = left_of(known, [*lines, *shipping])
    beside = _beside(credit.amount - given, left, len(lines) + len(shipping) + 1)
    rows = [*lines, *beside]
    tax = sum(row.tax for row in rows) + credit.shipping_tax
    content = Content(
        kind="credit_note",
        **about(order, seller),
        lines=rows,
        **shipping_fields(shipping),
        taxes=tax_sums([*rows, *shipping]),
        rounding=rounding,
        net=credit.amount - rounding - tax,
        tax=tax,
        total=credit.amount,
        invoice_number=known.number,
        refund_id=credit.refund_id,
        reason=credit.reason,
    )
    return checked(content)


def reversal_of(note: Content, number: str) -> Content:
    """What takes a credit note back, as its refund failed: the same amounts, of the other sign by its kind."""
    return msgspec.structs.replace(note, kind="reversal", invoice_number=number, reason=None)


def _rounding(order: Order, credit: Credit, known: Credited) -> int:
    """Less than a step of the currency; and the refund that leaves nothing takes the rest of the order's."""
    gone = sum(note.rounding * (-1 if note.kind == "reversal" else 1) for note in known.notes)
    whole = credit.rounding == order.rounding - gone
    return credit.rounding if whole or abs(credit.rounding) < charge_step(order.currency) else 0


def _line(invoice: Content, credited: CreditedLine, place: int) -> DocumentLine:
    found = next((line for line in invoice.lines if line.position == credited.position), None)
    if found is None or not 0 <= credited.quantity <= found.quantity:
        raise DocumentError(f"{invoice.order_number} has no {credited.quantity} pieces at position {credited.position}")
    listed = credited.quantity * (found.unit_price or 0)
    return msgspec.structs.replace(
        found,
        position=place,
        quantity=credited.quantity,
        unit_price=found.unit_price if credited.quantity else None,
        listed=None,
        discount=credited.discount,
        relief=_relief_of(found, credited.quantity, listed - credited.discount - credited.gross),
        net=credited.gross - credited.tax,
        tax=credited.tax,
        gross=credited.gross,
    )


def _relief_of(line: DocumentLine, pieces: int, missing: int) -> int:
    """The share of so many pieces, rounded so that they cost what is given back; a fee that is kept is no tax."""
    share = line.relief * pieces // line.quantity
    return missing if abs(missing - share) <= 1 else share


def left_of(known: Credited, rows: list[DocumentLine]) -> list[TaxSum]:
    """What is left of each rate of an invoice after its credit notes and these rows. Raises DocumentError."""
    gone = [(1, each) for each in tax_sums(rows)]
    gone += [(-1 if note.kind == "reversal" else 1, each) for note in known.notes for each in note.taxes]
    left = []
    for each in known.invoice.taxes:
        same = [(sign, other) for sign, other in gone if other.taxed == each.taxed]
        tax = each.tax - sum(sign * other.tax for sign, other in same)
        gross = each.gross - sum(sign * other.gross for sign, other in same)
        if not 0 <= tax <= gross:
            raise LessLeft(f"of {known.number} less is left than a refund gives back")
        left.append(msgspec.structs.replace(each, net=gross - tax, tax=tax, gross=gross))
    return left


def _beside(amount: int, left: list[TaxSum], place: int) -> list[DocumentLine]:
    """What is given back beside lines and shipping: a row for each rate of which something is left."""
    if not 0 <= amount <= sum(each.gross for each in left):
        raise DocumentError(f"lines and shipping of a refund leave {amount} of it, which the invoice does not have")
    parts = spread(amount, [each.gross for each in left])
    rows = [(each, part) for each, part in zip(left, parts, strict=True) if part]
    return [_rest(each, part, place + at) for at, (each, part) in enumerate(rows)]


def _rest(left: TaxSum, part: int, place: int) -> DocumentLine:
    # No more than is left of the tax, and of what is not tax.
    tax = max(min(tax_in(part, left.rate), left.tax), part - left.net)
    return DocumentLine(
        position=place,
        title="",
        net=part - tax,
        rate=left.rate,
        tax=tax,
        gross=part,
        tax_title=left.tax_title,
        treatment=left.treatment,
    )
