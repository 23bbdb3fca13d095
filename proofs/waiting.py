"""Waiting for a condition, with a bound."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any


async def eventually(condition: Callable[[], Awaitable[Any]], seconds: float, what: str) -> Any:
    """The condition's first true result, asked every 100 ms.

    Raises:
        TimeoutError: it was never true.
    """
    deadline = time.monotonic() + seconds
    while True:
        result = await condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s; last: {result!r}")
        await asyncio.sleep(0.1)
