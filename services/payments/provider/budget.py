"""Limits the calls a second to each of Stripe's endpoints, over all replicas, to stay below Stripe's own limits.

Stripe takes 25 calls a second at each endpoint, and of all calls together 100 in live mode, 25 in a sandbox. Source:
https://docs.stripe.com/rate-limits. The rest is for browsers, which confirm payments on the same account.
"""

from __future__ import annotations

import asyncio

from chassis.limits import Limiter, Rule, begin
from payments.provider.port import Busy, Lane

LIVE, SANDBOX = 100, 25
ENDPOINT_MOST = 24
# Of all calls a second, the share that an endpoint may have, and the most that are made at it. Twice as many may come
# in the first second, after a rest: look-ups stay below Stripe's limit then too; creations may be refused, and wait.
_SHARES = {
    "create": (0.6, ENDPOINT_MOST),
    "capture": (0.4, ENDPOINT_MOST),
    "cancel": (0.2, 20),
    "retrieve": (0.2, 12),
    "list": (0.1, 5),
    "case": (0.1, 5),
    "refund": (0.1, 5),
    "customer": (0.2, 12),
}
# Creations in the background pass this limit first, so that those of shoppers have the rest.
_AGAIN = (0.3, 12)


class Budget:
    """Lets `total` calls a second pass, in order. 0: no limit."""

    def __init__(self, limiter: Limiter, total: int) -> None:
        self._limiter = limiter
        self._rules: dict[str, Rule] = {}
        if total > 0:
            # Where Stripe allows an account more in all, it does so at each endpoint.
            more = max(1.0, total / LIVE)
            self._rules = {
                name: Rule(f"stripe.{name}", max(1, int(min(most * more, total * share))), 1)
                for name, (share, most) in {**_SHARES, "again": _AGAIN}.items()
            }
        begin(*(rule.name for rule in self._rules.values()))
        self._turns = {name: asyncio.Lock() for name in self._rules}

    async def take(self, operation: str, lane: Lane, until: float) -> None:
        """Wait for this call's turn, until a moment of the loop's clock.

        Raises:
            Busy: it did not come in time. Nothing was sent.
        """
        gates = ["again"] if (operation, lane) == ("create", "background") else []
        try:
            async with asyncio.timeout_at(until):
                for gate in (*gates, operation):
                    await self._pass(gate)
        except TimeoutError:
            raise Busy("too many calls wait for their turn", sent=False) from None

    async def _pass(self, gate: str) -> None:
        rule = self._rules.get(gate)
        if rule is None:
            return
        # Only the first waiting call of this process asks the limiter; the others wait for the lock, in order.
        async with self._turns[gate]:
            while not (await self._limiter.check(rule, "account")).allowed:  # noqa: ASYNC110 -- only time frees a turn
                await asyncio.sleep(1 / rule.quota)
