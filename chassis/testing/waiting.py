"""Waiting for a condition instead of for a time."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any


async def eventually(
    condition: Callable[[], Any],
    timeout: float = 60,  # noqa: ASYNC109 -- the bound is the point
    what: str = "",
    *,
    every: float = 0.02,
) -> Any:
    """The first true result of the condition, plain or awaitable, asked every so many seconds.

    Raises:
        TimeoutError: it was never true; the message holds the last result.
    """
    deadline = time.monotonic() + timeout
    while True:
        result = condition()
        value = await result if inspect.isawaitable(result) else result
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what or 'the condition'} was not true within {timeout} s; last: {value!r}")
        await asyncio.sleep(every)


def wait_until(condition: Callable[[], bool], timeout: float = 60, what: str = "") -> None:
    """The same for tests without an event loop."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what or 'the condition'} was not true within {timeout} s")
        time.sleep(0.02)
