"""The generic cell rate algorithm: a rule, its decision, and the same arithmetic as gcra.lua for one process."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec

Fail: TypeAlias = Literal["closed", "open"]

MAX_KEYS = 50_000
MICROSECOND = 1_000_000
_SECONDS = {"s": 1, "sec": 1, "min": 60, "h": 3600, "hour": 3600, "d": 86_400, "day": 86_400}
_RATE = re.compile(r"([1-9][0-9]{0,5})/(" + "|".join(_SECONDS) + ")")


class Rule(msgspec.Struct, frozen=True):
    """`quota` requests in `window` seconds: at once, or spread. Without Valkey, "closed" binds to half of it in each
    process, and "open" lets everything pass.
    """

    name: str
    quota: int
    window: int
    fail: Fail = "closed"

    @property
    def policy(self) -> str:
        """The RateLimit-Policy field (draft-ietf-httpapi-ratelimit-headers-11)."""
        return f'"{self.name}";q={self.quota};w={self.window}'


def rule(name: str, rate: str, fail: Fail = "closed") -> Rule:
    """A rule by its rate: "5/min", "20/h".

    Raises:
        ValueError: the rate or the name is not of that form.
    """
    match = _RATE.fullmatch(rate)
    if match is None:
        raise ValueError(f'a rate is a number and a time, such as "5/min", "20/h" or "3/d", not {rate!r}')
    if re.fullmatch(r"[a-z][a-z0-9_.-]{0,39}", name) is None:
        raise ValueError(f"a limit's name is of a-z, 0-9, _, . and -, not {name!r}")
    return Rule(name, int(match[1]), _SECONDS[match[2]], fail)


def rate(text: str) -> str:
    """The text, for a setting that is a rate.

    Raises:
        ValueError: it is none.
    """
    rule("any", text)
    return text


class Decision(msgspec.Struct, frozen=True):
    """Whether a request passes. Seconds: `reset` until the quota is whole (allowed) or one more may pass (refused)."""

    allowed: bool
    remaining: int
    reset: int

    @property
    def retry_after(self) -> int:
        """Seconds until the same request may be allowed, at least 1."""
        return max(self.reset, 1)


def decision(answer: int, cost: int, window: int) -> Decision:
    """From what gcra.lua and Local answer: microseconds until the quota is whole, or minus those to wait."""
    if answer < 0:
        return Decision(allowed=False, remaining=0, reset=math.ceil(-answer / MICROSECOND))
    remaining = (window - answer) // cost
    until = answer if remaining else answer + cost - window
    return Decision(allowed=True, remaining=remaining, reset=math.ceil(until / MICROSECOND))


@lru_cache(maxsize=1_000)
def terms(of: Rule, *, half: bool = False) -> tuple[int, int]:
    """The microseconds that a request costs, and those of the whole quota; at half the rate, each costs twice."""
    cost = of.window * MICROSECOND // of.quota
    whole = cost * of.quota  # the window, but for what the division left over: it must hold the quota exactly
    return (cost * 2, max(whole, cost * 2)) if half else (cost, whole)


class Local:
    """Decisions in the memory of one process, for at most MAX_KEYS keys; the one unused for longest goes first."""

    def __init__(self, *, clock: Callable[[], int] = time.monotonic_ns, size: int = MAX_KEYS) -> None:
        self._clock = clock
        self._size = size
        self._whole: dict[str, int] = {}

    def decide(self, of: Rule, key: str, *, half: bool) -> Decision:
        """Count one request of `key`; `half`: at half of the rate."""
        cost, window = terms(of, half=half)
        return decision(self.take(cost, window, key), cost, window)

    def take(self, cost: int, window: int, key: str) -> int:
        """Count one request of `key`, by its `terms`: microseconds until its quota is whole, or minus those to wait."""
        now = self._clock() // 1000
        before = self._whole.pop(key, now)
        whole = max(before, now) + cost
        wait = whole - window - now
        if len(self._whole) >= self._size:
            del self._whole[next(iter(self._whole))]
        self._whole[key] = before if wait > 0 else whole
        return -wait if wait > 0 else whole - now

    def decide_all(self, limits: Sequence[tuple[Rule, str]], *, half: bool) -> list[Decision]:
        """As `decide`, for one request under several rules: it takes from all quotas, or from none if one refuses."""
        before: dict[str, int | None] = {}
        decisions: list[Decision] = []
        refused = False
        for of, key in limits:
            before[key] = self._whole.get(key)
            decided = self.decide(of, key, half=half)
            refused = refused or not decided.allowed
            decisions.append(decided)
        if refused:
            for key, whole in before.items():
                if whole is None:
                    self._whole.pop(key, None)
                else:
                    self._whole[key] = whole
        return decisions
