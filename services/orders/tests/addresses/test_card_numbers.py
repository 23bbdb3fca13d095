"""Card numbers are found in what people type, and other numbers are not taken for one."""

from __future__ import annotations

import pytest

from orders.addresses.card_numbers import holds_card_number


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
