"""The double's time: the machine's, and what `POST /_double/clock` has put it forward by. A restart puts it back."""

from __future__ import annotations

import time

import orjson

from stripe_double.errors import StripeError, invalid

MOST = 400 * 86_400


class Clock:
    def __init__(self) -> None:
        self.ahead = 0

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self.ahead

    def advance(self, encoded: bytes) -> None:
        """By `{"advance_seconds": 86400}`."""
        try:
            wanted = orjson.loads(encoded)
        except orjson.JSONDecodeError:
            wanted = None
        seconds = wanted.get("advance_seconds") if isinstance(wanted, dict) else None
        if type(seconds) is not int:
            raise StripeError(400, "The body must be a JSON object with advance_seconds.", param="advance_seconds")
        if not 0 <= seconds <= MOST or self.ahead + seconds > MOST:
            raise invalid("advance_seconds", f"advance_seconds must be between 0 and {MOST} in all.")
        self.ahead += seconds
