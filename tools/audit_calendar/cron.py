"""How often a schedule of GitHub's runs: the longest time between two of its days, and a word for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

# The most days between two times.
DAYS = {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "half-yearly": 184, "yearly": 366}
# Two years, with a leap day.
_CALENDAR = [date(2027, 1, 1) + timedelta(days=number) for number in range(2 * 366)]
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


class Unreadable(ValueError):
    """An expression that is not five fields of numbers, lists, ranges and steps."""


def longest_gap(expressions: Iterable[str]) -> int:
    """The most days between two runs of one workflow with these schedules.

    Raises:
        Unreadable. It runs less than twice in two years.
    """
    fields = [_fields(each) for each in expressions]
    runs = [day for day in _CALENDAR if any(_runs_on(each, day) for each in fields)]
    if len(runs) < 2:
        raise Unreadable("it does not run twice in two years")
    return max((later - earlier).days for earlier, later in pairwise(runs))


def word(expression: str) -> str:
    """How often a schedule runs: a word of DAYS.

    Raises:
        Unreadable.
    """
    gap = longest_gap([expression])
    return next((name for name, most in DAYS.items() if gap <= most), "yearly")


def _fields(expression: str) -> list[set[int]]:
    words = expression.split()
    if len(words) != len(_BOUNDS):
        raise Unreadable(f"'{expression}' has not five fields")
    return [_numbers(word, *bounds) for word, bounds in zip(words, _BOUNDS, strict=True)]


def _numbers(word: str, least: int, most: int) -> set[int]:
    """The numbers of a field."""
    found: set[int] = set()
    for piece in word.split(","):
        span, _, step = piece.partition("/")
        first, _, last = span.partition("-")
        try:
            begin, end = (least, most) if span == "*" else (int(first), int(last or (most if step else first)))
            found.update(range(begin, end + 1, int(step or 1)))
        except ValueError as error:
            raise Unreadable(f"'{word}' is not read here: write numbers") from error
    if not found or min(found) < least or max(found) > most:
        raise Unreadable(f"'{word}' is out of {least} to {most}")
    return found


def _runs_on(fields: list[set[int]], day: date) -> bool:
    """Whether it runs on that day. Where day and weekday are both given, either is enough."""
    _, _, days, months, weekdays = fields
    if day.month not in months:
        return False
    weekday = {number % 7 for number in weekdays}
    fits_day, fits_weekday = day.day in days, day.isoweekday() % 7 in weekday
    if len(days) == 31 or len(weekday) == 7:
        return fits_day and fits_weekday
    return fits_day or fits_weekday
