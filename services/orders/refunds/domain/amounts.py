"""What a refund gives back: of which lines, of shipping, and how much tax is in it. No I/O; integers alone.

Of n pieces of a line, the first k are worth k/n of what was paid for it, of the tax in that and of its discount, each
rounded down: so the last piece takes the rest, and it makes no difference in how many steps they go. Where other things
than pieces went back of a line (amounts, fees), pieces take their share of what is left of it. Whatever the sequence of
refunds, what was given back of a line in the end is what was charged for it, to the last minor unit; a refund that
fails gives its part free again.

An amount that is of no piece (a refund without a change of the order, or one made at the provider) makes everything
cheaper that is left, in proportion, so that each rate of tax has its share of it.

What is given back can be charged to a card: where a currency has steps (KWD: 10), it is rounded down to one, and the
refund that leaves nothing takes the rest, together with the rounding of the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from orders.refunds.domain.parts import Amounts, Exceeds, Left, LineLeft, RefundLine, Wanted


def calculate(left: Left, wanted: Wanted) -> Amounts:
    """What a refund gives back.

    Raises:
        Exceeds: there is less.
    """
    if wanted.whole:
        lines = tuple(RefundLine(*_all_of(line)) for line in left.lines if line.quantity or line.gross)
        return Amounts(left.amount, lines, left.shipping, left.shipping_tax, left.amount - left.gross)
    named = _named(left, wanted)
    rest = after(left, named)
    if wanted.amount > rest.amount:
        raise Exceeds("amount", rest.amount)
    if wanted.amount == 0:
        return named
    return _added(named, spread(rest, wanted.amount))


def spread(left: Left, amount: int) -> Amounts:
    """An amount that is of no piece, over all that is left. What there is no line for is the adjustment."""
    fits = min(amount, left.gross)
    weights = [left.shipping, *(line.gross for line in left.lines)]
    shipping, *shares = _shares(fits, weights)
    lines = tuple(
        RefundLine(line.position, 0, share, _part_of_tax(line.tax, line.gross, share))
        for line, share in zip(left.lines, shares, strict=True)
        if share
    )
    tax = _part_of_tax(left.shipping_tax, left.shipping, shipping)
    return Amounts(amount, lines, shipping, tax, amount - fits)


def after(left: Left, given: Amounts) -> Left:
    """What is left once this is given back."""
    taken = {line.position: line for line in given.lines}
    return replace(
        left,
        lines=tuple(_without(line, taken[line.position]) if line.position in taken else line for line in left.lines),
        shipping=left.shipping - given.shipping,
        shipping_tax=left.shipping_tax - given.shipping_tax,
        amount=left.amount - given.amount,
    )


def _named(left: Left, wanted: Wanted) -> Amounts:
    """The pieces and the part of shipping that are named."""
    known = {line.position: line for line in left.lines}
    lines: list[RefundLine] = []
    for position, quantity in sorted(wanted.pieces.items()):
        line = known.get(position)
        if line is None or quantity > line.quantity:
            raise Exceeds("quantity", line.quantity if line else 0, position)
        lines.append(_pieces_of(line, quantity))
    if wanted.fee:
        lines = _less(lines, known, wanted.fee)
    if wanted.shipping > left.shipping:
        raise Exceeds("shipping", left.shipping)
    tax = _part_of_tax(left.shipping_tax, left.shipping, wanted.shipping)
    gross = wanted.shipping + sum(line.gross for line in lines)
    last = gross == left.gross and wanted.amount == 0 and bool(lines or wanted.shipping)
    amount = left.amount if last else min(gross // left.step * left.step, left.amount)
    return Amounts(amount, tuple(lines), wanted.shipping, tax, amount - gross)


def _pieces_of(line: LineLeft, quantity: int) -> RefundLine:
    sold = line.sold
    gross, tax, discount = (
        _share(left, line.quantity, whole, sold.quantity, quantity)
        for left, whole in ((line.gross, sold.gross), (line.tax, sold.tax), (line.discount, sold.discount))
    )
    # Rounding never makes what is without tax less than nothing, nor more than is left of it.
    tax = max(gross - (line.gross - line.tax), min(tax, gross))
    return RefundLine(line.position, quantity, gross, tax, discount)


def _share(left: int, pieces_left: int, whole: int, ordered: int, quantity: int) -> int:
    """The share of so many pieces: of the whole, while nothing but pieces has gone of it; else of what is left."""
    gone = ordered - pieces_left
    before = whole * gone // ordered
    if left == whole - before:
        return whole * (gone + quantity) // ordered - before
    return left * quantity // pieces_left


def _less(lines: Sequence[RefundLine], known: Mapping[int, LineLeft], fee: int) -> list[RefundLine]:
    """The same pieces for so much less, in proportion."""
    goods = sum(line.gross for line in lines)
    if fee > goods:
        raise Exceeds("fee", goods)
    kept = _shares(fee, [line.gross for line in lines])
    cheaper = [replace(line, gross=line.gross - share) for line, share in zip(lines, kept, strict=True)]
    return [
        replace(line, tax=_part_of_tax(known[line.position].tax, known[line.position].gross, line.gross))
        for line in cheaper
    ]


def _part_of_tax(tax: int, gross: int, part: int) -> int:
    """The tax in a part of what is paid, rounded half up; never more than the part, and all of it in the whole."""
    return (2 * tax * part + gross) // (2 * gross) if gross else 0


def _shares(amount: int, weights: Sequence[int]) -> list[int]:
    """The amount, which is not more than the weights together, by these weights; no share is above its weight."""
    shares, whole, seen, given = [], sum(weights), 0, 0
    for weight in weights:
        seen += weight
        upto = amount * seen // whole if whole else 0
        shares.append(upto - given)
        given = upto
    return shares


def _all_of(line: LineLeft) -> tuple[int, int, int, int, int]:
    return line.position, line.quantity, line.gross, line.tax, line.discount


def _without(line: LineLeft, taken: RefundLine) -> LineLeft:
    return replace(
        line,
        quantity=line.quantity - taken.quantity,
        gross=line.gross - taken.gross,
        tax=line.tax - taken.tax,
        discount=line.discount - taken.discount,
    )


def _added(first: Amounts, second: Amounts) -> Amounts:
    both: dict[int, RefundLine] = {line.position: line for line in first.lines}
    for line in second.lines:
        one = both.get(line.position, RefundLine(line.position, 0, 0, 0))
        both[line.position] = replace(one, gross=one.gross + line.gross, tax=one.tax + line.tax)
    return Amounts(
        first.amount + second.amount,
        tuple(both[position] for position in sorted(both)),
        first.shipping + second.shipping,
        first.shipping_tax + second.shipping_tax,
        first.adjustment + second.adjustment,
    )
