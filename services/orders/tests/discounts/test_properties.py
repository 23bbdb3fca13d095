"""What always holds of discounts, whatever they are."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from orders.pricing.discounts.domain.combining import best
from orders.pricing.discounts.domain.discount import BuyGet, Discount, Kind, Level, Target
from orders.pricing.discounts.domain.reasons import of_discount
from orders.pricing.discounts.domain.spread import spread
from orders.pricing.discounts.domain.taking import candidate
from orders.pricing.domain.basket import BasketLine, Discounted, ShippingCharge, Used
from orders.tests.discounts import samples
from orders.tests.discounts.samples import (
    ALL,
    NOW,
    SHIPPING,
    amount,
    buy_get,
    codes_of,
    line,
    of_products,
    percent,
    price,
    sums,
    total,
)

some = settings(max_examples=40)


@some
@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**10), max_size=50))
def test_shares_sum_to_the_amount_and_none_exceeds_its_weight(off: int, weights: list[int]) -> None:
    shares = spread(off, weights)
    assert sum(shares) == min(off, sum(weights))
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


def _most_repeats(goods: tuple[BasketLine, ...], rule: BuyGet, bought: set[int]) -> int:
    """By trying: how often buy and get can be chosen from single pieces. Slow and plain."""
    pieces = [place for place, each in enumerate(goods) for _ in range(each.quantity)]
    for repeats in range(len(pieces), 0, -1):
        for got in combinations(range(len(pieces)), repeats * rule.get):
            if not all(rule.articles.has(goods[pieces[each]]) for each in got):
                continue
            rest = [place for number, place in enumerate(pieces) if number not in got]
            if sum(place in bought for place in rest) >= repeats * rule.buy:
                return repeats
    return 0


@settings(max_examples=150)
@given(
    st.lists(
        st.builds(line, st.integers(1, 50), st.integers(1, 3), st.sampled_from(["tide", "sand", "reef"])),
        min_size=1,
        max_size=3,
    ).map(tuple),
    st.integers(1, 2),
    st.integers(1, 2),
    st.sampled_from([(), ("tide",), ("tide", "sand")]),
    st.sampled_from([(), ("sand",), ("reef", "sand")]),
)
def test_buy_x_get_y_counts_as_often_as_pieces_allow(goods, buy, get, bought, got) -> None:
    rule = buy_get(buy, get, articles=of_products(*bought), of=of_products(*got))
    assert rule.buy_get is not None
    pieces = candidate(rule, goods).got
    to_buy = {place for place, each in enumerate(goods) if rule.articles.has(each)}
    repeats = _most_repeats(goods, rule.buy_get, to_buy)
    assert sum(pieces) == get * repeats
    assert sum(goods[place].quantity - pieces[place] for place in to_buy) >= buy * repeats
    assert all(rule.buy_get.articles.has(each) for each, count in zip(goods, pieces, strict=True) if count)


def _bounds_hold(goods: tuple[BasketLine, ...], found: Discounted, shipping: ShippingCharge | None) -> None:
    for each, off in zip(goods, sums(found), strict=True):
        assert 0 <= off <= each.listed
    shipped = sum(share.amount for share in found.shipping)
    assert 0 <= shipped <= (shipping.amount if shipping else 0)
    shares = [share for part in (*found.lines, found.shipping) for share in part]
    assert all(share.amount > 0 for share in shares)
    for whole in found.applied:
        assert whole.amount == sum(share.amount for share in shares if share.discount_id == whole.discount_id)


@some
@given(samples.lines, samples.discounts(), st.sampled_from([None, ShippingCharge(0), SHIPPING]), st.randoms())
def test_all_sums_are_exact_and_the_order_of_discounts_and_codes_does_not_matter(
    goods, found, shipping, chance
) -> None:
    codes = codes_of(found)[:5]
    one = price(goods, *found, codes=codes, shipping=shipping)
    _bounds_hold(goods, one, shipping)
    assert {each.discount_id for each in one.uses} == {each.discount_id for each in one.applied if each.amount}
    told = {*(each.code for each in one.applied), *(each.code for each in one.rejected)} - {None}
    assert told == set(codes)
    shuffled, mixed = list(found), list(codes)
    chance.shuffle(shuffled)
    chance.shuffle(mixed)
    two = price(goods, *shuffled, codes=tuple(mixed), shipping=shipping)
    assert replace(one, rejected=()) == replace(two, rejected=())
    assert set(one.rejected) == set(two.rejected)


@some
@given(samples.lines, samples.discounts(most=1), st.randoms())
def test_the_order_of_lines_changes_no_sum(goods: tuple[BasketLine, ...], found, chance: random.Random) -> None:
    mixed = list(goods)
    chance.shuffle(mixed)
    codes = codes_of(found)
    assert total(price(goods, *found, codes=codes)) == total(price(tuple(mixed), *found, codes=codes))


def _more(discount: Discount, by: int) -> Discount:
    if discount.kind is Kind.AMOUNT:
        return replace(discount, amounts={"EUR": discount.amounts["EUR"] + by})
    return replace(discount, rate=min(1_000_000, discount.rate + by))


@some
@given(samples.lines, samples.discounts(most=1), st.integers(0, 100_000))
def test_a_larger_discount_never_takes_off_less(goods: tuple[BasketLine, ...], found, by: int) -> None:
    codes = codes_of(found)
    more = [_more(each, by) for each in found]
    one, two = price(goods, *found, codes=codes), price(goods, *more, codes=codes)
    assert total(one) <= total(two)


@some
@given(samples.lines, samples.discounts(most=5))
def test_one_discount_more_never_takes_off_less(goods: tuple[BasketLine, ...], found) -> None:
    # Two amounts off some lines, of which one finds too little left, may lose a unit to rounding.
    assume(sum(each.kind is Kind.AMOUNT and each.target is Target.LINES for each in found) < 2)
    codes = codes_of(found)
    assert total(price(goods, *found[:-1], codes=codes)) <= total(price(goods, *found, codes=codes))


@some
@given(samples.lines, samples.discounts(most=5))
def test_the_best_set_is_found_as_by_trying_all(goods: tuple[BasketLine, ...], found) -> None:
    assume(sum(each.kind is Kind.AMOUNT and each.target is Target.LINES for each in found) < 2)
    able = [each for each in found if of_discount(each, goods, "EUR", SHIPPING, NOW, Used()) is None]
    tried = [
        sum(taken.amount for taken in best([candidate(each, goods) for each in chosen], goods, "EUR", SHIPPING))
        for size in range(len(able) + 1)
        for chosen in combinations(able, size)
        if all(one.combines(two) for one, two in combinations(chosen, 2))
    ]
    assert total(price(goods, *found, codes=codes_of(found))) == max(tried)


def test_of_equal_discounts_one_without_a_code_counts_and_the_code_is_kept_for_later() -> None:
    # Whichever was made first.
    for one, two in (("a", "b"), ("b", "a")):
        by_code = percent(10, name=one, code="TEN", combines_with=frozenset({Level.LINE}))
        found = price((line(1000),), by_code, percent(10, name=two), codes=("TEN",))
        assert [(each.title, each.code) for each in found.applied] == [(two, None)]
        assert samples.reasons(found) == {"TEN": "not-combinable"}


def test_however_much_is_off_nothing_costs_less_than_nothing() -> None:
    goods = tuple(line(100, 1, f"p{number}") for number in range(50))
    many = [percent(30, name=f"p{number}", target=Target.LINES, combines_with=ALL) for number in range(20)]
    found = price(goods, *many, amount(10**9, name="all", combines_with=ALL))
    assert sums(found) == [100] * 50
