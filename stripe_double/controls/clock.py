"""The double's clock: `POST /_double/clock` sets it ahead of the machine's; a restart resets it."""

from __future__ import annotations

import time
from typing import Any

from stripe_double.objects.errors import StripeError, invalid

MAX_ADVANCE = 400 * 86_400


class Clock:
    """The machine's clock plus `ahead` seconds."""

    def __init__(self) -> None:
        self.ahead = 0

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self.ahead

    def advance(self, wanted: dict[str, Any]) -> None:
        """Advance the clock by JSON such as `{"advance_seconds": 86400}`; at most 400 days in all."""
        seconds = wanted.get("advance_seconds")
        if type(seconds) is not int:
            raise StripeError(400, "The body must be a JSON object with advance_seconds.", param="advance_seconds")
        if not 0 <= seconds <= MAX_ADVANCE or self.ahead + seconds > MAX_ADVANCE:
            raise invalid("advance_seconds", f"advance_seconds must be between 0 and {MAX_ADVANCE} in all.")
        self.ahead += seconds
