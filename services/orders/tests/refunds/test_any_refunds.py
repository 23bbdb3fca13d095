"""Whatever the sequence of refunds, what went back of a line in the end is what was charged for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from orders.refunds.domain.amounts import after, calculate
from orders.refunds.domain.parts import Amounts, Left, Wanted
from orders.tests.refunds.test_amounts import left_of, sold


@dataclass
class Ledger:
    """What went back of an order, so far."""

    left: Left
    amounts: list[Amounts] = field(default_factory=list)

    def give(self, wanted: Wanted) -> None:
        given = calculate(self.left, wanted)
        self.amounts.append(given)
        self.left = after(self.left, given)


@st.composite
def orders(draw: st.DrawFn) -> Left:
    step = draw(st.sampled_from([1, 1, 10, 100]))
    lines = []
    for position in range(1, draw(st.integers(1, 4)) + 1):
        gross = draw(st.integers(0, 20_000))
        tax, discount = draw(st.integers(0, gross)), draw(st.integers(0, 5_000))
        lines.append(sold(position, draw(st.integers(1, 12)), gross, tax, discount))
    shipping = draw(st.integers(0, 2_000))
    exact = sum(line.gross for line in lines) + shipping
    rounding = (exact + step // 2) // step * step - exact
    return left_of(*lines, shipping=shipping, shipping_tax=draw(st.integers(0, shipping)), rounding=rounding, step=step)


def wants(left: Left, draw: Callable[..., int]) -> Wanted:
    pieces = {line.position: draw(st.integers(0, line.quantity)) for line in left.lines}
    shipping = draw(st.integers(0, left.shipping))
    named = {position: number for position, number in pieces.items() if number}
    goods = calculate(left, Wanted(named)).goods
    wanted = Wanted(named, shipping, fee=draw(st.integers(0, min(goods, 50))))
    rest = after(left, calculate(left, wanted)).amount // left.step
    return replace(wanted, amount=draw(st.integers(0, rest)) * left.step)


def never_below_zero(left: Left) -> None:
    assert min(left.amount, left.shipping, left.shipping_tax, left.shipping - left.shipping_tax) >= 0
    for line in left.lines:
        assert min(line.quantity, line.gross, line.tax, line.gross - line.tax, line.discount) >= 0


@settings(max_examples=150, deadline=None)
@given(start=orders(), data=st.data())
def test_any_sequence_of_refunds_gives_back_exactly_what_was_charged(start: Left, data: st.DataObject) -> None:
    ledger = Ledger(start)
    for _ in range(data.draw(st.integers(0, 6))):
        ledger.give(wants(ledger.left, data.draw))
        never_below_zero(ledger.left)
    ledger.give(Wanted({}, whole=True))
    for made in ledger.amounts:
        assert made.amount == made.goods + made.shipping + made.adjustment
        assert made.amount >= 0
        assert made.amount % start.step == 0
        assert all(min(line.quantity, line.gross, line.tax, line.net, line.discount) >= 0 for line in made.lines)
        assert made.shipping >= made.shipping_tax >= 0
    assert sum(made.amount for made in ledger.amounts) == start.amount
    assert sum(made.shipping for made in ledger.amounts) == start.shipping
    assert sum(made.shipping_tax for made in ledger.amounts) == start.shipping_tax
    for line in start.lines:
        mine = [each for made in ledger.amounts for each in made.lines if each.position == line.position]
        sums = [sum(getattr(each, name) for each in mine) for name in ("quantity", "gross", "tax", "discount")]
        assert sums == [line.quantity, line.gross, line.tax, line.discount]


@settings(max_examples=100, deadline=None)
@given(start=orders(), data=st.data())
def test_a_failed_refund_gives_its_part_free_again(start: Left, data: st.DataObject) -> None:
    """Refunds fail in any order after others were made: what is left is the start without those that did not."""
    made = Ledger(start)
    for _ in range(data.draw(st.integers(1, 5))):
        made.give(wants(made.left, data.draw))
    good = [each for each in made.amounts if data.draw(st.booleans())]
    left = start
    for each in good:
        left = after(left, each)
    never_below_zero(left)
    rest = calculate(left, Wanted({}, whole=True))
    assert sum(each.amount for each in (*good, rest)) == start.amount
    assert sum(each.goods + each.shipping for each in (*good, rest)) == start.gross
    assert sum(each.tax for each in (*good, rest)) == sum(line.tax for line in start.lines) + start.shipping_tax


@given(
    gross=st.integers(0, 3_000),
    tax=st.integers(0, 3_000),
    pieces=st.integers(1, 40),
    steps=st.lists(st.integers(1, 10), max_size=12),
)
def test_it_makes_no_difference_in_how_many_steps_pieces_go(
    gross: int, tax: int, pieces: int, steps: list[int]
) -> None:
    tax = min(tax, gross)
    left, gone = left_of(sold(1, pieces, gross, tax, 77)), 0
    for step in steps:
        if gone + step > pieces:
            break
        given = calculate(left, Wanted({1: step}))
        left, gone = after(left, given), gone + step
        never_below_zero(left)
    assert left.lines[0].gross == gross - gross * gone // pieces
    assert left.lines[0].discount == 77 - 77 * gone // pieces


@given(gross=st.integers(1, 10_000), pieces=st.integers(1, 999), taken=st.integers(1, 999))
def test_pieces_at_once_give_back_their_share_to_the_unit(gross: int, pieces: int, taken: int) -> None:
    taken = min(taken, pieces)
    given = calculate(left_of(sold(1, pieces, gross, 0)), Wanted({1: taken}))
    assert given.goods == gross * taken // pieces


def test_the_tax_of_a_piece_is_never_more_than_the_piece() -> None:
    """5 pieces for 3, with a tax of 2: the third piece would be 0, with a tax of 1, if each were rounded for itself."""
    for quantity, gross in ((5, 3), (7, 4), (9, 5)):
        for tax in range(gross + 1):
            left = left_of(sold(1, quantity, gross, tax))
            for _ in range(quantity):
                given = calculate(left, Wanted({1: 1}))
                assert 0 <= given.lines[0].tax <= given.lines[0].gross
                left = after(left, given)
                never_below_zero(left)
