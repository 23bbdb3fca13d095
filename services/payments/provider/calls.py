"""Makes a call to Stripe: paced, repeated while Stripe is busy, counted, and stopped by a breaker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from chassis import telemetry
from chassis.resilience.breaker import Breaker
from payments import metrics
from payments.provider.budget import Budget
from payments.provider.endings import ended, pause
from payments.provider.port import Busy, Health, Lane, Misconfigured, Refused, Unknown

CONNECT_SECONDS = 2.0
TOTAL_SECONDS = 10.0
SHORTEST_SECONDS = 0.2
"""A try with less time left is not made: a timeout would make the outcome unknown, where it is only busy."""
FAILURES_TO_REST = 5
REST_SECONDS = 2.0

Call = Callable[[], Awaitable[dict[str, Any]]]


class Calls:
    """Makes calls, with one breaker for each lane."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._breakers: dict[Lane, Breaker] = {
            "checkout": Breaker(FAILURES_TO_REST, REST_SECONDS),
            "background": Breaker(FAILURES_TO_REST, REST_SECONDS),
        }

    def health(self, lane: Lane) -> Health:
        """The state of the breaker of this lane."""
        return self._breakers[lane].state

    async def ask(
        self, operation: str, call: Call, *, lane: Lane = "background", patience: float = TOTAL_SECONDS
    ) -> dict[str, Any]:
        """The answer.

        Raises:
            Unknown (Busy, Misconfigured), Refused: there is none.
        """
        breaker = self._breakers[lane]
        if not breaker.allow():
            metrics.provider_calls.inc(operation, "not_sent")
            raise Unknown("the provider has not answered lately", sent=False)
        began, outcome = time.perf_counter(), "cancelled"
        try:
            with telemetry.part(operation, "client", {"server.address": "stripe"}):
                answer = await self._repeat_while_busy(
                    operation, call, lane, asyncio.get_running_loop().time() + patience
                )
        except (Unknown, Refused) as end:
            outcome = _outcome(end)
            metrics.provider_calls.inc(operation, outcome)
            _update_breaker(breaker, outcome)
            metrics.breaker.set(float(breaker.state != "closed"), lane)
            raise
        except BaseException:
            breaker.neither()
            raise
        else:
            outcome = "answered"
            metrics.provider_calls.inc(operation, outcome)
            breaker.ok()
            metrics.breaker.set(0, lane)
            return answer
        finally:
            metrics.provider_seconds.observe(time.perf_counter() - began, operation, outcome)

    async def _repeat_while_busy(self, operation: str, call: Call, lane: Lane, until: float) -> dict[str, Any]:
        """Again with the same idempotency key for as long as the provider is busy and there is time."""
        loop = asyncio.get_running_loop()
        tries = 0
        # Once: a try that Stripe refused as too many did not count, and need not wait for its turn again.
        # Operations of one kind share its turns: "case_refund" and "case_dispute" are both "case".
        await self._budget.take(operation.partition("_")[0], lane, until)
        while True:
            try:
                async with asyncio.timeout_at(until):
                    return await call()
            except Exception as error:
                end = ended(error, operation)
                if not isinstance(end, Busy):
                    raise end from error
                wait = pause(end, tries)
                if loop.time() + wait + SHORTEST_SECONDS >= until:
                    raise end from error
            metrics.provider_waits.inc(operation, end.reason)
            await asyncio.sleep(wait)
            tries += 1


def _outcome(end: Unknown | Refused) -> str:
    match end:
        case Refused():
            return "refused"
        case Misconfigured():
            return "misconfigured"
        case Busy():
            return "busy"
    return "unknown"


def _update_breaker(breaker: Breaker, outcome: str) -> None:
    """Report an outcome to the breaker. A refusal counts as an answer; busy counts neither way."""
    if outcome == "unknown":
        breaker.failed()
    elif outcome == "busy":
        breaker.neither()
    else:
        breaker.ok()
