"""Counts the calls of Python functions that a request costs: a measure that no machine changes."""

from __future__ import annotations

import sys
from collections import Counter
from types import FrameType
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Scope


async def calls_of(app: ASGIApp, path: str, query: str = "", headers: dict[str, str] | None = None) -> Counter[str]:
    """By function: the calls that a GET costs which never waits. The application was asked the same before.

    It is asked twice and the cheaper request counts, since some work (ids, for one) is done once for many requests.

    Raises:
        AssertionError: an answer is not a 200.
    """
    found = [await _calls_of(app, _scope(path, query, headers or {})) for _ in range(2)]
    return min(found, key=Counter.total)


async def _calls_of(app: ASGIApp, scope: Scope) -> Counter[str]:
    found: Counter[str] = Counter()
    statuses = []

    async def receive() -> Message:
        raise AssertionError("a GET has no body to be read")

    async def send(message: Message) -> None:
        statuses.append(message.get("status"))

    def count(frame: FrameType, event: str, _argument: Any) -> None:  # pragma: no cover -- a profiler is not traced
        if event == "call" and frame.f_code.co_filename != __file__:
            found[frame.f_code.co_qualname] += 1

    sys.setprofile(count)
    try:
        await app(scope, receive, send)
    finally:
        sys.setprofile(None)
    assert statuses[0] == 200, statuses  # noqa: S101 -- a test's own
    return found


def _scope(path: str, query: str, headers: dict[str, str]) -> Scope:
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "http_version": "1.1",
        "scheme": "http",
        "root_path": "",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 50_000),
    }
