from __future__ import annotations

import pytest

from orders.checkout.domain.numbers import as_typed, draw


@pytest.mark.parametrize("typed", ["M-7F3K9Q", "m-7f3k9q", "M7F3K9Q", "7F3K9Q", "# M 7F3 K9Q"])
def test_a_number_is_recognised_in_every_spelling(typed: str) -> None:
    assert as_typed(typed) == "M-7F3K9Q"


def test_a_number_that_begins_with_m_is_not_taken_for_its_prefix() -> None:
    assert as_typed("M-M3F3K9") == as_typed("M3F3K9") == "M-M3F3K9"


def test_a_generated_number_is_in_its_canonical_form() -> None:
    for _ in range(50):
        number = draw()
        assert as_typed(number) == as_typed(number.lower().removeprefix("m-")) == number


def test_order_numbers_have_no_ambiguous_characters() -> None:
    drawn = {draw() for _ in range(1_000)}
    assert len(drawn) > 990
    assert not set("01OILU") & set("".join(number.removeprefix("M-") for number in drawn))
    assert {len(number) for number in drawn} == {8}
