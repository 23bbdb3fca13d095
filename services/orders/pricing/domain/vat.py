"""VAT numbers: whether one may be a business's number, by its form and its check digits. No register is asked."""

from __future__ import annotations

import re

from orders.pricing.domain.basket import VatNumber
from orders.pricing.domain.vat_checks import CHECKS

MAX_WRITTEN = 30
_PUNCTUATION = re.compile(r"[ .\-/]")
# By prefix: what follows it.
_FORMS = {
    "AT": r"U[0-9]{8}",
    "BE": r"[01][0-9]{9}",
    "BG": r"[0-9]{9,10}",
    "CHE": r"[0-9]{9}(MWST|TVA|IVA)?",
    "CY": r"[0-9]{8}[A-Z]",
    "CZ": r"[0-9]{8,10}",
    "DE": r"[0-9]{9}",
    "DK": r"[0-9]{8}",
    "EE": r"[0-9]{9}",
    "EL": r"[0-9]{9}",
    "ES": r"[0-9A-Z][0-9]{7}[0-9A-Z]",
    "FI": r"[0-9]{8}",
    "FR": r"[0-9A-HJ-NP-Z]{2}[0-9]{9}",
    "GB": r"([0-9]{9}([0-9]{3})?|(GD|HA)[0-9]{3})",
    "HR": r"[0-9]{11}",
    "HU": r"[0-9]{8}",
    "IE": r"([0-9]{7}[A-W][A-I]?|[0-9][A-Z+*][0-9]{5}[A-W])",
    "IT": r"[0-9]{11}",
    "LT": r"([0-9]{9}|[0-9]{12})",
    "LU": r"[0-9]{8}",
    "LV": r"[0-9]{11}",
    "MT": r"[0-9]{8}",
    "NL": r"[0-9A-Z+*]{9}B[0-9A-Z+*]{2}",
    "NO": r"[0-9]{9}(MVA)?",
    "PL": r"[0-9]{10}",
    "PT": r"[0-9]{9}",
    "RO": r"[1-9][0-9]{1,9}",
    "SE": r"[0-9]{10}01",
    "SI": r"[0-9]{8}",
    "SK": r"[0-9]{10}",
    "XI": r"([0-9]{9}([0-9]{3})?|(GD|HA)[0-9]{3})",
}
_COUNTRIES = {"EL": "GR", "CHE": "CH", "XI": "GB"}
_BY_COUNTRY = {_COUNTRIES.get(prefix, prefix): prefix for prefix in _FORMS if prefix != "XI"}


class WrongVatNumber(ValueError):
    """It cannot be a VAT number; the message says why, for the person who wrote it."""


def vat_number(text: str) -> VatNumber:
    """The number in its plain form: `DE 136 695 976` is DE136695976.

    Raises:
        WrongVatNumber: no such number is given out.
    """
    plain = _PUNCTUATION.sub("", text[:MAX_WRITTEN].upper())
    # Greece's prefix is EL; people write its code of ISO 3166-1, GR, too.
    plain = "EL" + plain[2:] if plain.startswith("GR") else plain
    prefix = next((each for each in sorted(_FORMS, key=len, reverse=True) if plain.startswith(each)), None)
    if prefix is None:
        raise WrongVatNumber("A VAT number begins with its country: DE, FR, ATU, CHE...")
    rest = plain[len(prefix) :]
    if not re.fullmatch(_FORMS[prefix], rest, re.ASCII):
        raise WrongVatNumber(f"This is not the form of a VAT number of {prefix}")
    country = _COUNTRIES.get(prefix, prefix)
    check = CHECKS.get(country)
    digits = f"E{rest[:9]}" if country == "CH" else rest
    if check is not None and not check(digits):
        raise WrongVatNumber("One of its digits is wrong: the check digit does not fit")
    return VatNumber(country, plain)
