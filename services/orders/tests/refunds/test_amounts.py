"""The arithmetic of refunds: worked examples, and what holds for every sequence of refunds of every order."""

from __future__ import annotations

import pytest

from orders.refunds.domain.amounts import after, calculate, spread
from orders.refunds.domain.parts import Amounts, Exceeds, Left, LineLeft, Sold, Wanted


def sold(position: int, quantity: int, gross: int, tax: int, discount: int = 0) -> LineLeft:
    """A line of which nothing went back yet."""
    return LineLeft(position, Sold(quantity, gross, tax, discount), quantity, gross, tax, discount)


def rest_of(line: LineLeft) -> tuple[int, int, int, int]:
    return line.quantity, line.gross, line.tax, line.discount


def left_of(*lines: LineLeft, shipping: int = 0, shipping_tax: int = 0, rounding: int = 0, step: int = 1) -> Left:
    amount = sum(line.gross for line in lines) + shipping + rounding
    return Left(lines, shipping, shipping_tax, amount, step)


# 3 pieces of 10.00, 10 % off, 19 % tax in it; and shipping of 4.90 with 0.78 of tax.
THREE = left_of(sold(1, 3, 2700, 431, 300), sold(2, 1, 1000, 160), shipping=490, shipping_tax=78)


def told(given: Amounts) -> list[tuple[int, int, int, int, int]]:
    return [(line.position, line.quantity, line.gross, line.tax, line.discount) for line in given.lines]


def test_a_piece_has_its_share_of_discount_and_tax() -> None:
    given = calculate(THREE, Wanted({1: 1}))
    assert (given.amount, told(given), given.adjustment) == (900, [(1, 1, 900, 143, 100)], 0)
    assert (given.lines[0].net, given.goods, given.tax) == (757, 900, 143)


def test_the_last_piece_takes_the_rest_of_each_sum() -> None:
    left = left_of(sold(1, 3, 1000, 160, 200))
    seen = []
    for _ in range(3):
        given = calculate(left, Wanted({1: 1}))
        seen += told(given)
        left = after(left, given)
    assert seen == [(1, 1, 333, 53, 66), (1, 1, 333, 53, 67), (1, 1, 334, 54, 67)]
    assert (rest_of(left.lines[0]), left.amount) == ((0, 0, 0, 0), 0)


def test_shipping_goes_back_in_part_and_whole_with_its_tax() -> None:
    half = calculate(THREE, Wanted({}, shipping=245))
    assert (half.amount, half.shipping, half.shipping_tax, half.lines) == (245, 245, 39, ())
    rest = calculate(after(THREE, half), Wanted({}, shipping=245))
    assert (rest.shipping, rest.shipping_tax) == (245, 39)


def test_an_amount_of_no_piece_makes_all_cheaper_in_proportion() -> None:
    given = calculate(THREE, Wanted({}, amount=419))
    # 419 of 4190: a tenth of everything.
    assert (given.amount, given.shipping, given.shipping_tax, told(given)) == (
        *(419, 49, 8),
        [(1, 0, 270, 43, 0), (2, 0, 100, 16, 0)],
    )
    piece = calculate(after(THREE, given), Wanted({2: 1}))
    assert told(piece) == [(2, 1, 900, 144, 0)]


def test_a_piece_and_an_amount_at_once() -> None:
    given = calculate(THREE, Wanted({1: 3}, amount=149))
    assert (given.amount, given.shipping, told(given)) == (2849, 49, [(1, 3, 2700, 431, 300), (2, 0, 100, 16, 0)])
    both = calculate(THREE, Wanted({1: 1}, amount=329))
    assert (both.amount, told(both)[0]) == (1229, (1, 1, 900 + 180, 143 + 29, 100))


def test_a_fee_is_kept_of_the_pieces_and_stays_with_their_lines() -> None:
    given = calculate(THREE, Wanted({1: 1, 2: 1}, fee=190))
    assert (given.amount, told(given)) == (1710, [(1, 1, 810, 129, 100), (2, 1, 900, 144, 0)])
    assert [rest_of(line) for line in after(THREE, given).lines] == [(2, 1890, 302, 200), (0, 100, 16, 0)]
    rest = calculate(after(THREE, given), Wanted({}, whole=True))
    assert rest.amount + given.amount == 4190


def test_the_whole_takes_what_is_left_of_everything() -> None:
    first = calculate(THREE, Wanted({1: 1}, shipping=100))
    rest = calculate(after(THREE, first), Wanted({}, whole=True))
    assert (first.amount + rest.amount, rest.shipping, told(rest)) == (
        *(4190, 390),
        [(1, 2, 1800, 288, 200), (2, 1, 1000, 160, 0)],
    )
    assert calculate(after(after(THREE, first), rest), Wanted({}, whole=True)) == Amounts(0, (), 0, 0, 0)


def test_the_rounding_of_an_order_goes_with_the_last_refund() -> None:
    # 5.125 KWD are charged as 5.130: amounts are rounded down to 10 fils, and the last refund takes the rest.
    left = left_of(sold(1, 2, 3333, 0), shipping=1792, rounding=5, step=10)
    assert left.amount == 5130
    first = calculate(left, Wanted({1: 1}))
    assert (first.amount, first.goods, first.adjustment) == (1660, 1666, -6)
    second = calculate(after(left, first), Wanted({}, shipping=1792))
    assert (second.amount, second.adjustment) == (1790, -2)
    last = calculate(after(after(left, first), second), Wanted({1: 1}))
    assert (last.amount, last.goods, last.adjustment) == (1680, 1667, 13)


def test_a_yen_is_not_divided() -> None:
    left = left_of(sold(1, 3, 1000, 91))
    assert told(calculate(left, Wanted({1: 2}))) == [(1, 2, 666, 60, 0)]


@pytest.mark.parametrize(
    ("wanted", "field_name", "there", "position"),
    [
        (Wanted({1: 4}), "quantity", 3, 1),
        (Wanted({3: 1}), "quantity", 0, 3),
        (Wanted({}, shipping=491), "shipping", 490, None),
        (Wanted({}, amount=4191), "amount", 4190, None),
        (Wanted({1: 3}, amount=1491), "amount", 1490, None),
        (Wanted({2: 1}, fee=1001), "fee", 1000, None),
    ],
)
def test_more_than_is_left_is_refused(wanted: Wanted, field_name: str, there: int, position: int | None) -> None:
    with pytest.raises(Exceeds) as refused:
        calculate(THREE, wanted)
    assert (refused.value.field, refused.value.left, refused.value.position) == (field_name, there, position)


def test_free_pieces_give_nothing_back() -> None:
    left = left_of(sold(1, 2, 0, 0, 500), sold(2, 1, 100, 0))
    assert (calculate(left, Wanted({1: 1})).amount, told(calculate(left, Wanted({1: 1})))) == (0, [(1, 1, 0, 0, 250)])


def test_nothing_wanted_is_nothing() -> None:
    assert calculate(THREE, Wanted({})) == Amounts(0, (), 0, 0, 0)


def test_an_amount_that_no_line_has_left_is_kept_apart() -> None:
    """Made at the provider while a refund of all lines was on its way."""
    empty = Left((LineLeft(1, Sold(1, 100, 16), 0, 0, 0),), 0, 0, 30)
    given = spread(empty, 30)
    assert (given.amount, given.lines, given.adjustment) == (30, (), 30)
    # The refund of all lines failed afterwards: what is left of the total bounds what goes back.
    last = calculate(Left((sold(1, 1, 100, 16),), 0, 0, 70), Wanted({1: 1}))
    assert (last.amount, last.goods, last.adjustment) == (70, 100, -30)
