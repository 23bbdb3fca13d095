"""Asks Prometheus for figures of a time. Counts are estimates of its increase(), and no whole numbers."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

if TYPE_CHECKING:
    import aiohttp

T = TypeVar("T")
Labels = tuple[str, ...]
_WEEK = 7 * 24 * 3600
# A week of a busy store is some hundred million samples.
_SECONDS = 300


class NoFigures(Exception):
    """The message says why there is nothing to report, and what to do."""


class Away(NoFigures):
    """Prometheus does not answer."""


@dataclass(frozen=True)
class Window:
    """From `end - seconds` to `end`, Unix seconds; compared with the same hours a week, or its own length, before."""

    end: float
    seconds: int

    @property
    def offset(self) -> int:
        """How far back the time before lies, in seconds."""
        return max(_WEEK, self.seconds)


@dataclass(frozen=True)
class Prometheus:
    """Answers queries about a window: `$w` in them is its length, `$before` the way back to the time before."""

    session: aiohttp.ClientSession
    window: Window

    async def by(self, query: str, *labels: str) -> dict[Labels, float]:
        """The value for each of the labels' sets of values; what is no number is left out."""
        w, back = f"{self.window.seconds}s", f"offset {self.window.offset}s"
        asked = {"query": query.replace("$w", w).replace("$before", back), "time": str(self.window.end)}
        async with self.session.post("api/v1/query", data=asked) as answer:
            if answer.status != 200:
                raise NoFigures(f"Prometheus refuses a query with {answer.status}: {(await answer.text())[:300]}")
            found: list[Any] = msgspec.json.decode(await answer.read())["data"]["result"]
        values = {tuple(line["metric"].get(name, "") for name in labels): float(line["value"][1]) for line in found}
        return {key: value for key, value in values.items() if math.isfinite(value)}

    async def both(self, query: str, *labels: str) -> tuple[dict[Labels, float], dict[Labels, float]]:
        """As `by`, in the window and in the time before."""
        return await self.by(query, *labels), await self.by(query.replace("[$w]", "[$w] $before"), *labels)

    async def one(self, query: str) -> float | None:
        """The value of a query with one; None: there is none."""
        return next(iter((await self.by(query)).values()), None)

    async def total(self, name: str, where: str = "", when: str = "") -> float:
        """By how much a counter grew, of all processes; 0 where it is not there."""
        return await self.one(f"sum(increase({name}{{{where}}}[$w] {when}))") or 0


async def asked(address: str, window: Window, ask: Callable[[Prometheus], Awaitable[T]]) -> T:
    """What `ask` finds out at the Prometheus of this address.

    Raises:
        NoFigures: there are none; Away: it does not answer, or as no Prometheus does.
    """
    import aiohttp

    try:
        async with asyncio.timeout(_SECONDS), aiohttp.ClientSession(f"{address.rstrip('/')}/") as session:
            return await ask(Prometheus(session, window))
    except (aiohttp.ClientError, TimeoutError, ValueError, LookupError, TypeError, msgspec.MsgspecError) as error:
        raise Away(f"Prometheus does not answer ({type(error).__name__}).") from None
