"""A circuit breaker: after several failures calls are refused for a while, then one trial call is allowed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

State = Literal["closed", "half-open", "open"]


class Breaker:
    """Opens after `threshold` failures in a row; `pause` seconds later one caller may try.

    Each `allow()` that returned True is followed by `ok()`, `failed()`, or `neither()` if the call has no result.
    """

    __slots__ = ("_clock", "_failures", "_pause", "_probing", "_threshold", "_until")

    def __init__(self, threshold: int, pause: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._threshold = threshold
        self._pause = pause
        self._clock = clock
        self._failures = 0
        self._until = 0.0
        self._probing = False

    @property
    def state(self) -> State:
        """closed: calls are made; open: none is; half-open: one call may try."""
        if self._failures < self._threshold:
            return "closed"
        return "half-open" if self._probing or self._clock() >= self._until else "open"

    def allow(self) -> bool:
        """Whether to try."""
        if self._failures < self._threshold:
            return True
        if self._probing or self._clock() < self._until:
            return False
        self._probing = True
        return True

    def ok(self) -> None:
        """Note a call that was answered: the breaker is closed."""
        self._failures = 0
        self._probing = False

    def failed(self) -> None:
        """Note a call that failed; after `threshold` in a row the breaker is open for a while."""
        self._failures += 1
        self._probing = False
        self._until = self._clock() + self._pause

    def neither(self) -> None:
        """The try ended without an answer of either kind, as when its caller went away."""
        self._probing = False
