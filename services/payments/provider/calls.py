"""One call to Stripe: in its turn, again where Stripe is busy, counted, and not made at all where nothing answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from chassis.resilience.breaker import Breaker
from payments import metrics
from payments.provider.budget import Budget
from payments.provider.endings import ended, pause
from payments.provider.port import Busy, Health, Lane, Misconfigured, Refused, Unknown

CONNECT_SECONDS = 2.0
TOTAL_SECONDS = 10.0
SHORTEST_SECONDS = 0.2
"""A try that has less time is not made: cut off, it would leave unknown what was only busy."""
FAILURES_TO_REST = 5
REST_SECONDS = 2.0

Call = Callable[[], Awaitable[dict[str, Any]]]


class Calls:
    """Makes calls. What a shopper waits for and what nobody waits for do not stop each other."""

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
        began = time.perf_counter()
        try:
            answer = await self._insist(operation, call, lane, asyncio.get_running_loop().time() + patience)
        except (Unknown, Refused) as end:
            outcome = _outcome(end)
            metrics.provider_calls.inc(operation, outcome)
            _tell(breaker, outcome)
            raise
        except BaseException:
            breaker.neither()
            raise
        else:
            metrics.provider_calls.inc(operation, "answered")
            breaker.ok()
            return answer
        finally:
            metrics.provider_seconds.observe(time.perf_counter() - began, operation)

    async def _insist(self, operation: str, call: Call, lane: Lane, until: float) -> dict[str, Any]:
        """Again with the same idempotency key for as long as the provider is busy and there is time."""
        loop = asyncio.get_running_loop()
        tries = 0
        # Once: what Stripe refused has cost its limits nothing, and need not stand in line again.
        await self._budget.take("case" if operation.startswith("case") else operation, lane, until)
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


def _tell(breaker: Breaker, outcome: str) -> None:
    """A refusal is an answer too: the provider is well. That it is busy says nothing of whether it answers."""
    if outcome == "unknown":
        breaker.failed()
    elif outcome == "busy":
        breaker.neither()
    else:
        breaker.ok()
