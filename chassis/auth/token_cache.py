"""A cache of verified tokens: a shopper sends the same one tens of times a minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")

MAX_TOKENS = 10_000
MAX_SECONDS = 60.0


class TokenCache(Generic[V]):
    """Values by verified token: bounded in number, each kept for MAX_SECONDS at most."""

    __slots__ = ("_clock", "_entries", "_size")

    def __init__(self, size: int = MAX_TOKENS, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._clock = clock
        self._entries: dict[str, tuple[float, V]] = {}

    def get(self, token: str) -> V | None:
        """The value, unless its time is over."""
        entry = self._entries.get(token)
        if entry is None:
            return None
        if entry[0] > self._clock():
            return entry[1]
        del self._entries[token]
        return None

    def put(self, token: str, value: V, seconds: float) -> None:
        """Keep it for `seconds`, at most MAX_SECONDS. When full, the oldest goes."""
        if len(self._entries) >= self._size:
            del self._entries[next(iter(self._entries))]
        self._entries[token] = (self._clock() + min(seconds, MAX_SECONDS), value)
