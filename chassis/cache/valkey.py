"""Valkey, which is optional: whoever uses it has a way to go on without.

One client, bounded in connections and in time. After an error everybody decides locally for a second.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from valkey.asyncio import BlockingConnectionPool
from valkey.asyncio import Valkey as Client
from valkey.exceptions import NoScriptError, ValkeyError

from chassis import telemetry
from chassis.resilience.breaker import Breaker

TIMEOUT = 0.1
PAUSE = 1.0
CONNECTIONS = 16

T = TypeVar("T")

_calls = telemetry.histogram("valkey_request_duration_seconds", "Calls to Valkey by their outcome", ("outcome",))
_down = telemetry.gauge("valkey_down", "1 while this process decides without Valkey")
_log = telemetry.logger(__name__)


class Down(Exception):
    """Valkey does not answer, or there is none. Decide locally."""


class Valkey:
    """The shared server, if there is one: `url` is redis://, rediss:// or unix://, or None."""

    def __init__(
        self, url: str | None, *, timeout: float = TIMEOUT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._timeout = timeout
        self._breaker = Breaker(1, PAUSE, clock=clock)
        self._client = None if url is None else self._connect(url)

    def _connect(self, url: str) -> Client:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            # To wait for a connection of our own is no fault of the server's: it must not count as one.
            timeout=self._timeout * 10,
            socket_timeout=self._timeout,
            socket_connect_timeout=self._timeout,
            socket_keepalive=True,
        )
        return Client.from_pool(pool)

    @property
    def configured(self) -> bool:
        """Whether there is one at all."""
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
        except NoScriptError:
            # It answers, but has lost our script: the caller sends it again.
            self._breaker.ok()
            outcome = "no_script"
            raise
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
            _down.set(0)
            return result
        finally:
            _calls.observe(time.perf_counter() - began, outcome)

    def _failed(self, error: Exception) -> None:
        was = self._breaker.state
        self._breaker.failed()
        if was == "closed":
            _down.set(1)
            _log.warning("valkey.down", error=error)

    async def aclose(self) -> None:
        """Close the connections. One that does not end in time is left to the server."""
        if self._client is not None:
            with suppress(ValkeyError):
                await self._client.aclose()
