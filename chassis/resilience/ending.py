"""Ends a command that is told to (SIGTERM) by cancelling its work, so that what it has open is closed."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of the work, which runs in an event loop of its own.

    Raises:
        SystemExit: the process was told to end.
    """
    try:
        return asyncio.run(_until_told(work))
    except asyncio.CancelledError:
        sys.exit("Told to end (SIGTERM): what was under way is undone. Run it again.")


async def _until_told(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 -- narrows the type
    with suppress(RuntimeError):  # only the main thread is given signals
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work
