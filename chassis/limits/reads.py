"""The limit on public reads, by address and in this process: it costs a few microseconds and no round trip.

It is checked before the cache is read, so that one address cannot use a process alone with cheap requests. With N
replicas an address may read N times as much. Answers have no RateLimit fields: they are cached and go to others.
"""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.types import Scope

from chassis import telemetry
from chassis.limits.addresses import Proxies, network_of
from chassis.limits.dependency import counts
from chassis.limits.gcra import Local, decision, rule, terms
from chassis.problems import RateLimited

_refused = telemetry.counter("reads_refused", "Public reads refused for their number by address")


class Reads:
    """Counts the reads of each IPv4 address or IPv6 /64 against `rate` ("12000/min")."""

    def __init__(self, rate: str, proxies: Proxies, name: str = "reads") -> None:
        self._rule = rule(name, rate)
        self._cost, self._window = terms(self._rule)
        self._proxies = proxies
        self._local = Local()

    def take(self, scope: Scope) -> None:
        """Count one read.

        Raises:
            RateLimited: the caller's address has read too much.
        """
        answer = self._local.take(self._cost, self._window, network_of(self._proxies.client(scope)))
        if answer < 0:
            _refused.inc()
            seconds = decision(answer, self._cost, self._window).retry_after
            raise RateLimited(
                f"Too many reads from your address. Try again in {seconds} seconds.",
                headers={"Retry-After": str(seconds), "RateLimit-Policy": self._rule.policy},
            )


def take_read(ctx: Any, scope: Scope) -> None:
    """Count a read against READ_LIMIT, for an answer that is given without routing. `ctx`: a chassis.context.Context.

    Raises:
        RateLimited: the caller's address has read too much.
    """
    reads = ctx.extras.get(Reads)
    if reads is None:
        reads = ctx.extras[Reads] = Reads(ctx.settings.read_limit, ctx.limiter.proxies)
    reads.take(scope)


async def public_read(request: Request) -> None:
    """A dependency of every public route: `dependencies=[Depends(public_read)]`."""
    take_read(request.app.state.context, request.scope)


counts(public_read, "READ_LIMIT")
