from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.values import Money, charge_step
from orders.domain import numbers
from orders.domain.cards import holds_card_number
from orders.domain.pricing import Shipping, VariantQuantity, gathered, totals

VARIANTS = [UUID(int=number) for number in range(1, 6)]
lines = st.lists(st.builds(VariantQuantity, st.sampled_from(VARIANTS), st.integers(1, 999)), min_size=1, max_size=50)
prices = st.fixed_dictionaries({variant: st.integers(0, 10**9) for variant in VARIANTS})
shippings = st.builds(Shipping, st.integers(0, 10**6), st.none() | st.integers(0, 10**6))


@given(lines, prices, shippings, st.sampled_from(["EUR", "KWD", "MGA", "ISK"]))
def test_totals_add_up_and_are_the_same_for_gathered_lines(
    wanted: list[VariantQuantity], price: dict[UUID, int], shipping: Shipping, currency: str
) -> None:
    sums = totals(wanted, price, shipping, currency)
    assert sums.subtotal.amount == sum(price[line.variant_id] * line.quantity for line in wanted)
    assert sums.total == sums.subtotal + sums.shipping + sums.rounding
    assert sums.total.amount % charge_step(currency) == 0
    assert totals(gathered(wanted), price, shipping, currency) == sums
    one_each = gathered(wanted)
    assert len({line.variant_id for line in one_each}) == len(one_each)
    assert [line.variant_id for line in one_each] == list(dict.fromkeys(line.variant_id for line in wanted))


@pytest.mark.parametrize(
    ("subtotal", "free_from", "cost"), [(9_999, 10_000, 500), (10_000, 10_000, 0), (10**9, None, 500), (0, 0, 0)]
)
def test_shipping_is_free_from_the_exact_amount(subtotal: int, free_from: int | None, cost: int) -> None:
    assert Shipping(500, free_from).cost(Money(subtotal, "EUR")) == Money(cost, "EUR")


def test_an_article_without_a_price_has_no_total() -> None:
    with pytest.raises(KeyError):
        totals([VariantQuantity(uuid4(), 1)], {}, Shipping(0, None), "EUR")


def test_order_numbers_have_no_ambiguous_characters() -> None:
    drawn = {numbers.draw() for _ in range(1_000)}
    assert len(drawn) > 990
    assert not set("01OILU") & set("".join(number.removeprefix("M-") for number in drawn))
    assert {len(number) for number in drawn} == {8}


@pytest.mark.parametrize(
    "text", ["4242424242424242", "my card: 4242 4242 4242 4242, thanks", "5555-5555-5555-4444", "378282246310005"]
)
def test_card_numbers_are_recognised(text: str) -> None:
    assert holds_card_number(text)


@pytest.mark.parametrize(
    "text", ["", "4242424242424241", "424242424242", "12 St James's Square", "1" * 30, "order 20261121-0001"]
)
def test_other_numbers_are_no_card_numbers(text: str) -> None:
    assert not holds_card_number(text)
