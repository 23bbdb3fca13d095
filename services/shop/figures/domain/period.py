"""The days that figures are of."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

By = Literal["day", "week", "month"]
# Whoever wants more asks twice: what an answer holds and what it costs are bounded.
MOST_DAYS = 366


class Period(NamedTuple):
    """Days of the shop, both included."""

    first: date
    last: date

    @property
    def wrong(self) -> str | None:
        """Why no figures can be given of it; None: they can."""
        if self.last < self.first:
            return "The last day is before the first"
        if (self.last - self.first).days >= MOST_DAYS:
            return f"At most {MOST_DAYS} days can be asked for at once"
        return None
