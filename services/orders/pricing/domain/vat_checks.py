"""Check digits of VAT numbers, where their rule is public and simple. Each takes what follows the prefix."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def _weighed(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(each // 10 + each % 10 for each in doubled) % 10 == 0


def _mod11_10(digits: str) -> bool:
    """ISO 7064, modulus 11, 10."""
    check = 5
    for digit in digits:
        check = ((check or 10) * 2 % 11 + int(digit)) % 10
    return check == 1


def _austria(number: str) -> bool:
    digits = number[1:]
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(digits[:7]))
    return (6 - sum(each // 10 + each % 10 for each in doubled)) % 10 == int(digits[7])


def _belgium(number: str) -> bool:
    return (int(number[:8]) + int(number[8:])) % 97 == 0


def _denmark(number: str) -> bool:
    return _weighed(number, (2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _estonia(number: str) -> bool:
    return _weighed(number, (3, 7, 1, 3, 7, 1, 3, 7, 1)) % 10 == 0


def _finland(number: str) -> bool:
    return _weighed(number, (7, 9, 10, 5, 8, 4, 2, 1)) % 11 == 0


def _france(number: str) -> bool:
    """Keys of letters follow a rule that is not public."""
    key, siren = number[:2], number[2:]
    # Of Monaco the rest is no SIREN, and its check digit follows another rule.
    return not key.isdecimal() or (int(siren) * 100 + 12) % 97 == int(key)


def _britain(number: str) -> bool:
    digits = number[:9]
    if not digits.isdecimal():
        return True  # a government department or a health authority
    # 42 and 55: later series, whose check digits begin 55 higher.
    return _weighed(digits, (8, 7, 6, 5, 4, 3, 2, 10, 1)) % 97 in {0, 42, 55}


def _greece(number: str) -> bool:
    return _weighed(number, (256, 128, 64, 32, 16, 8, 4, 2)) % 11 % 10 == int(number[8])


def _hungary(number: str) -> bool:
    return _weighed(number, (9, 7, 3, 1, 9, 7, 3, 1)) % 10 == 0


def _luxembourg(number: str) -> bool:
    return int(number[:6]) % 89 == int(number[6:])


def _malta(number: str) -> bool:
    return _weighed(number, (3, 4, 6, 7, 8, 9, 10, 1)) % 37 == 0


def _netherlands(number: str) -> bool:
    """Of companies by modulus 11; of sole traders by ISO 7064, modulus 97, 10, letters as numbers from 10."""
    company = (_weighed(number, (9, 8, 7, 6, 5, 4, 3, 2)) - int(number[8])) % 11 == 0
    return company or int("".join(str(int(sign, 36)) for sign in "NL" + number)) % 97 == 1


def _poland(number: str) -> bool:
    return _weighed(number, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(number[9])


def _portugal(number: str) -> bool:
    return (11 - _weighed(number, (9, 8, 7, 6, 5, 4, 3, 2)) % 11) % 11 % 10 == int(number[8])


def _slovenia(number: str) -> bool:
    check = 11 - _weighed(number, (8, 7, 6, 5, 4, 3, 2)) % 11
    return check != 11 and check % 10 == int(number[7])


def _sweden(number: str) -> bool:
    return _luhn(number[:10])


def _switzerland(number: str) -> bool:
    return _weighed(number[1:], (5, 4, 3, 2, 7, 6, 5, 4, 1)) % 11 == 0


def _norway(number: str) -> bool:
    return _weighed(number, (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


CHECKS: dict[str, Callable[[str], bool]] = {
    "AT": _austria,
    "BE": _belgium,
    "CH": _switzerland,
    "DE": _mod11_10,
    "DK": _denmark,
    "EE": _estonia,
    "FI": _finland,
    "FR": _france,
    "GB": _britain,
    "GR": _greece,
    "HR": _mod11_10,
    "HU": _hungary,
    "IT": _luhn,
    "LU": _luxembourg,
    "MT": _malta,
    "NL": _netherlands,
    "NO": _norway,
    "PL": _poland,
    "PT": _portugal,
    "SE": _sweden,
    "SI": _slovenia,
}
"""By country (ISO 3166-1). Of the others only the form is checked."""
