"""What each kind of discount takes off, worked by hand, and what always holds."""

from __future__ import annotations

import pytest

from orders.pricing.discounts.domain.discount import Discount, Target
from orders.pricing.discounts.domain.spread import spread
from orders.pricing.domain.basket import BasketLine
from orders.tests.discounts.samples import (
    ALL,
    amount,
    buy_get,
    free_shipping,
    line,
    of_products,
    percent,
    price,
    sums,
    total,
)


def test_a_spread_amount_sums_exactly_and_the_first_of_equals_gets_the_unit() -> None:
    assert spread(100, [70, 70, 70]) == [34, 33, 33]
    assert spread(5, [0, 0, 7]) == [0, 0, 5]
    assert spread(10, [3, 4]) == [3, 4]
    assert spread(10, [0, 0]) == [0, 0]
    assert spread(1, [1, 3, 2]) == [0, 1, 0]


@pytest.mark.parametrize(
    ("unit", "quantity", "rate", "off"),
    [
        # 25 pieces of 366.06: a tenth of 9151.50 is 915.15, and not 25 times a rounded 36.61.
        (36_606, 25, 10, 91_515),
        # 70 pieces of 17.65: 123.55, and not 70 times 1.77.
        (1_765, 70, 10, 12_355),
        (1, 999, 10, 100),
    ],
)
def test_a_percentage_is_rounded_once_and_not_by_piece(unit: int, quantity: int, rate: int, off: int) -> None:
    goods = (line(unit, quantity),)
    for target in (Target.ORDER, Target.LINES):
        assert sums(price(goods, percent(rate, target=target))) == [off]


def test_ten_percent_off_the_order_are_ten_percent_of_its_sum() -> None:
    goods = tuple(line(95, 1, f"p{number}") for number in range(3))
    assert sums(price(goods, percent(10))) == [10, 10, 9]
    assert sums(price(goods, percent(10, target=Target.LINES))) == [10, 10, 10]


def test_an_amount_off_the_order_is_spread_by_value_and_never_more_than_the_order() -> None:
    goods = (line(1000), line(2000, 1, "sand"), line(0, 1, "gift"))
    assert sums(price(goods, amount(1000))) == [333, 667, 0]
    found = price(goods, amount(9999))
    assert (sums(found), total(found)) == ([1000, 2000, 0], 3000)


def test_amounts_by_line_and_by_piece_are_off_their_articles_alone() -> None:
    goods = (line(1000, 3), line(500, 1, "sand"), line(200, 2, "reef"))
    some = of_products("tide", "reef")
    assert sums(price(goods, amount(340, target=Target.LINES, articles=some))) == [300, 0, 40]
    assert sums(price(goods, amount(300, target=Target.PIECES, articles=some))) == [900, 0, 400]


def test_what_is_off_lines_comes_first_and_what_is_off_the_order_is_off_the_rest() -> None:
    goods = (line(1000), line(1000, 1, "sand"))
    half = percent(50, name="half", target=Target.LINES, articles=of_products("tide"), combines_with=ALL)
    tenth = percent(10, name="tenth", combines_with=ALL)
    found = price(goods, tenth, half, free_shipping(combines_with=ALL))
    assert [[(share.title, share.amount) for share in shares] for shares in found.lines] == [
        [("half", 500), ("tenth", 50)],
        [("tenth", 100)],
    ]
    assert [(share.title, share.amount) for share in found.shipping] == [("free", 500)]
    assert [(each.title, each.amount) for each in found.applied] == [("half", 500), ("tenth", 150), ("free", 500)]


@pytest.mark.parametrize(
    ("rule", "goods", "off"),
    [
        # The cheapest of three.
        (buy_get(2, 1), (line(1000), line(900, 1, "sand"), line(800, 1, "reef")), [0, 0, 800]),
        (buy_get(2, 1), (line(1000, 5),), [1000]),
        (buy_get(2, 1), (line(1000, 6),), [2000]),
        (buy_get(2, 1, max_repeats=1), (line(1000, 6),), [1000]),
        # Half off two pieces of 333: of both together, rounded once.
        (buy_get(1, 2, rate=500_000), (line(333, 3),), [333]),
        # Of equal prices the first line's.
        (buy_get(1, 1), (line(500, 1, "tide"), line(500, 1, "sand")), [500, 0]),
        # Buy a tide, get a sand.
        (
            buy_get(1, 1, articles=of_products("tide"), of=of_products("sand")),
            (line(1000, 2), line(700, 3, "sand")),
            [0, 1400],
        ),
        # The cheap piece is needed to be bought: the dear one is got.
        (buy_get(1, 1, articles=of_products("sand")), (line(100, 1, "sand"), line(900, 1, "tide")), [0, 900]),
        (
            buy_get(2, 1, articles=of_products("sand"), of=of_products("sand", "tide")),
            (line(100, 2, "sand"), line(900, 3, "tide")),
            [0, 900],
        ),
    ],
)
def test_buy_x_get_y_gives_the_cheapest(rule: Discount, goods: tuple[BasketLine, ...], off: list[int]) -> None:
    assert sums(price(goods, rule)) == off


def test_what_is_got_more_than_once_is_free_once() -> None:
    thrice = [buy_get(1, 1, name=f"b{number}", combines_with=ALL) for number in range(3)]
    assert sums(price((line(1000, 2),), *thrice)) == [2000]
