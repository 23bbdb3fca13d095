"""Recognises codes that a spreadsheet has changed: long numbers that lost digits (4.00638E+12) or became decimals
(4006381333931.0), and numbers that lost the zeros before them.
"""

from __future__ import annotations

import re
from decimal import Decimal

_SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_DECIMAL = re.compile(r"[0-9]+[.,]0*")
_NUMBER = re.compile(r"[0-9]{1,64}(E\+?[0-9]{1,2})?")
_EXACT = 15  # digits that a spreadsheet keeps of a number


def is_scientific(code: str) -> bool:
    """Whether a spreadsheet has turned a long number into one like 8.80123E+12, which loses its digits."""
    return _SCIENTIFIC.fullmatch(code) is not None


def is_damaged(barcode: str) -> bool:
    """Whether a barcode is invalid: in scientific or decimal notation, or without a zero that a valid one has."""
    if is_scientific(barcode) or _DECIMAL.fullmatch(barcode):
        return True
    return len(barcode) in {7, 11} and barcode.isdecimal() and is_gtin(f"0{barcode}")


def is_gtin(digits: str) -> bool:
    """Whether the check digit is right (GTIN-8, 12, 13, 14)."""
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return weighted % 10 == 0


def is_remnant(code: str, whole: str) -> bool:
    """Whether a spreadsheet may have changed `whole` to `code`."""
    if code == whole:
        return False
    if is_scientific(code):
        return _rounded(code.upper().replace(",", "."), whole.upper())
    plain = re.sub(r"[.,]0*", "", code) if _DECIMAL.fullmatch(code) else code
    if not plain.isdecimal() or not whole.isdecimal():
        return False
    digits = whole.lstrip("0")
    cut = len(plain) == len(digits) > _EXACT and plain[:_EXACT] == digits[:_EXACT] and not plain[_EXACT:].strip("0")
    return plain in {digits, whole} or cut


def _rounded(code: str, whole: str) -> bool:
    """Whether the scientific number equals the whole one, to the digits that it has."""
    mantissa, _, power = code.partition("E")
    if not _NUMBER.fullmatch(whole) or int(power) > 99:
        return False
    unit = Decimal(1).scaleb(int(power) - len(mantissa.partition(".")[2]))
    return abs(Decimal(whole) - Decimal(f"{mantissa}E{int(power)}")) <= unit
