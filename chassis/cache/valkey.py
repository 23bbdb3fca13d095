"""Calls to Valkey, which is optional: every caller works without it, too.

One connection, bounded in waiting commands and in time. After an error all callers work without it for a second; then
one of them tries to reach it.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from chassis import telemetry
from chassis.cache.client import Client, NoScript, Overloaded
from chassis.resilience.breaker import Breaker

TIMEOUT = 0.1
PAUSE = 1.0

T = TypeVar("T")

_calls = telemetry.histogram(
    "valkey_request_duration_seconds",
    "Calls to Valkey by their outcome; a timeout is `failed`",
    {"outcome": ("ok", "failed", "overloaded", "no_script", "cancelled")},
)
_down = telemetry.gauge("valkey_down", "1 while this process decides without Valkey")
_log = telemetry.logger(__name__)


class Down(Exception):
    """Valkey does not answer, or there is none. Go on without it."""


class Valkey:
    """The shared server, if there is one: `url` is valkey://, valkeys:// or unix://, or None."""

    def __init__(
        self, url: str | None, *, timeout: float = TIMEOUT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._breaker = Breaker(1, PAUSE, clock=clock)
        self._client = None if url is None else Client(url, timeout=timeout)
        self._known_up = False

    @property
    def configured(self) -> bool:
        """Whether there is a server."""
        return self._client is not None

    async def call(self, operation: Callable[[Client], Awaitable[T]]) -> T:
        """What `operation` gives.

        Raises:
            Down: it was not tried, or failed. It may have been done.
        """
        if self._client is None or not self._breaker.allow():
            raise Down
        began, outcome = time.perf_counter(), "cancelled"
        try:
            result = await operation(self._client)
        except NoScript:
            # It answers, but does not have the script: the caller sends it again.
            self._breaker.ok()
            outcome = "no_script"
            raise
        except Overloaded as error:
            # Not a failure of the server: it must not open the breaker.
            self._breaker.neither()
            outcome = "overloaded"
            raise Down from error
        except Exception as error:
            outcome = "failed"
            self._failed(error)
            raise Down from error
        except BaseException:
            self._breaker.neither()
            raise
        else:
            outcome = "ok"
            self._breaker.ok()
            if not self._known_up:
                self._known_up = True
                _down.set(0)
            return result
        finally:
            _calls.observe(time.perf_counter() - began, outcome)

    def _failed(self, error: Exception) -> None:
        was = self._breaker.state
        self._breaker.failed()
        self._known_up = False
        if was == "closed":
            _down.set(1)
            _log.warning("valkey.down", error=error)

    async def aclose(self) -> None:
        """Close the connection."""
        if self._client is not None:
            await self._client.aclose()
