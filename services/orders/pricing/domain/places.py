"""Places that rates and prices are for: countries, regions and patterns of postal codes.

A pattern is a code (`SW1A 1AA`), the beginning of codes (`SW1*`), or a range of numbers (`1000-1999`). It is never a
regular expression. Case, spaces and dashes of codes do not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from orders.pricing.domain.basket import Destination
from orders.pricing.domain.regions import region_code

MAX_PATTERN = 24
_PUNCTUATION = re.compile("[^0-9A-Z]")
_RANGE = re.compile(r"([0-9]{1,10})-([0-9]{1,10})")
_PREFIX = re.compile(r"[0-9A-Z]{1,10}\*")
_CODE = re.compile("[0-9A-Z]{1,12}")
_LETTERS_BEFORE_DIGITS = re.compile("^[A-Z]{1,3}(?=[0-9]+$)")
# For tax and postage a part of another country.
_PART_OF = {"MC": "FR", "IM": "GB"}


class WrongPattern(ValueError):
    """It is no pattern of postal codes; the message says why, for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A country, or a part of it: a region (its code where it has one), a pattern of postal codes, or both.

    `region` and `postal` are empty where the place is wider.
    """

    country: str
    region: str = ""
    postal: str = ""

    @property
    def level(self) -> int:
        """0: the country. 1: a region. 2: postal codes."""
        return 2 if self.postal else 1 if self.region else 0


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A destination in the form that places are compared with. `codes`: as typed, and without letters before digits."""

    country: str
    region: str
    codes: tuple[str, ...]

    @classmethod
    def of(cls, destination: Destination) -> Whereabouts:
        """The plain form of a destination."""
        country = _PART_OF.get(destination.country, destination.country)
        code = bare(destination.postal_code or "")
        # "DE 10115" and "D-10115": addresses are taken with either, so no zone and no tax is avoided by them.
        forms = (code, code.removeprefix(country), _LETTERS_BEFORE_DIGITS.sub("", code))
        codes = tuple(dict.fromkeys(forms))
        return cls(country, region_code(country, destination.region or ""), codes)


def bare(text: str) -> str:
    """A postal code without case and punctuation."""
    return _PUNCTUATION.sub("", text.upper())


def normal_pattern(text: str) -> str:
    """A pattern in its one form.

    Raises:
        WrongPattern: it is none.
    """
    written = text.upper().replace(" ", "")
    if found := _RANGE.fullmatch(written):
        low, high = found.groups()
        if len(low) != len(high):
            raise WrongPattern(
                "Both ends of a range have as many digits: 1000-1999. A single code stands without its dash"
            )
        if low > high:
            raise WrongPattern("A range begins with its lower end: 1000-1999")
        return written
    if _PREFIX.fullmatch(written):
        return written
    code = written.replace("-", "")
    if not _CODE.fullmatch(code):
        raise WrongPattern("Write a code (SW1A 1AA), the beginning of codes (SW1*) or a range of numbers (1000-1999)")
    return code


def fits(pattern: str, code: str) -> bool:
    """Whether a bare code is one of those that a normal pattern means."""
    if pattern.endswith("*"):
        return code.startswith(pattern[:-1])
    if "-" not in pattern:
        return code == pattern
    low, _, high = pattern.partition("-")
    begins = code[: len(low)]
    return len(begins) == len(low) and begins.isdecimal() and low <= begins <= high


def narrowness(pattern: str) -> int:
    """How many signs of a code a pattern fixes; a whole code is narrower than any other pattern."""
    if pattern.endswith("*"):
        return 2 * len(pattern) - 2
    if "-" not in pattern:
        return 1_000
    low, _, high = pattern.partition("-")
    same = next((place for place, (a, b) in enumerate(zip(low, high, strict=True)) if a != b), len(low))
    # A range is a little narrower than the common beginning of its ends.
    return 2 * same + 1


def within(place: Place, where: Whereabouts) -> bool:
    """Whether a destination lies in a place."""
    return (
        place.country == where.country
        and place.region in {"", where.region}
        and (not place.postal or any(fits(place.postal, code) for code in where.codes))
    )


def rank(place: Place) -> tuple[int, int, bool]:
    """How narrow a place is: of several that a destination lies in, the one of the greatest rank counts."""
    return place.level, narrowness(place.postal) if place.postal else 0, bool(place.region)
