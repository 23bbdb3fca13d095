"""The services that this one calls: selection of a replica, circuit breakers, and the budget of retries."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Literal, TypeAlias

from chassis import telemetry
from chassis.resilience.breaker import Breaker

BREAKER_FAILURES = 5
BREAKER_PAUSE = 1.0
# A replica that could not be reached is passed over for so long while there are others.
REPLICA_PAUSE = 1.0
# Retries may add a fifth to the calls, after a first reserve of 10: a service in trouble is not helped by more.
RETRY_RESERVE = 10.0
RETRY_SHARE = 0.2

Kind: TypeAlias = Literal["connect", "connection", "timeout", "status", "body", "open", "deadline"]

_breakers = telemetry.gauge(
    "http_client_breaker_open", "1 while a service is not called", {"server": "a service of SERVICE_URLS"}
)
_log = telemetry.logger(__name__)


class Failure(Exception):
    """A try ended without an answer."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.kind: Kind = kind


class Replica:
    """One base URL of a service."""

    __slots__ = ("passed_over_until", "url")

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.passed_over_until = 0.0


class Peer:
    """Another service: its replicas in turn, its breaker, and what is left of its retries."""

    def __init__(self, name: str, urls: Sequence[str]) -> None:
        self.name = name
        self.replicas = [Replica(url) for url in urls]
        self.breaker = Breaker(BREAKER_FAILURES, BREAKER_PAUSE)
        self._turn = random.randrange(len(urls))  # noqa: S311 -- only spreads the first calls of many processes
        self._retries = RETRY_RESERVE
        _breakers.start(name)

    def pick(self, avoid: Replica | None = None) -> Replica:
        """The next replica in turn: not `avoid` and not one that just failed, while there is another."""
        if avoid is None:
            # A second try takes no turn: of two replicas, the failing one would come first every time.
            self._turn = (self._turn + 1) % len(self.replicas)
        ordered = self.replicas[self._turn :] + self.replicas[: self._turn]
        now = time.monotonic()
        return min(ordered, key=lambda replica: (replica is avoid, replica.passed_over_until > now))

    def earn(self) -> None:
        """Note a call: each adds a share of one retry to the budget."""
        self._retries = min(self._retries + RETRY_SHARE, RETRY_RESERVE)

    def may_retry(self, kind: Kind) -> bool:
        """Whether another try is worth it. One that never reached the service costs it nothing."""
        if kind == "connect":
            return True
        # A replica that hangs has siblings that may not; a slow service is only made slower.
        if kind in {"open", "deadline", "body"} or (kind == "timeout" and len(self.replicas) == 1):
            return False
        if self._retries < 1:
            return False
        self._retries -= 1
        return True

    def ok(self) -> None:
        """Note that a call was answered."""
        self.breaker.ok()
        _breakers.set(0, self.name)

    def failed(self, replica: Replica, kind: Kind) -> None:
        """Note that a call failed; the replica is passed over for a while unless it answered."""
        if kind != "status":
            replica.passed_over_until = time.monotonic() + REPLICA_PAUSE
        was = self.breaker.state
        self.breaker.failed()
        if was == "closed" and self.breaker.state != "closed":
            _breakers.set(1, self.name)
            _log.warning("breaker.opened", service=self.name, reason=kind)
