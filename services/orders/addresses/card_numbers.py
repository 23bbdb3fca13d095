"""Card numbers have no place in an order: they are refused where a person may type freely (PCI DSS)."""

from __future__ import annotations

import re

_RUN = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")


def holds_card_number(text: str) -> bool:
    """Whether the text holds 13 to 19 digits, spaces and dashes aside, that pass Luhn's check."""
    return any(_luhn([int(sign) for sign in match if sign.isdecimal()]) for match in _RUN.findall(text))


def _luhn(digits: list[int]) -> bool:
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
