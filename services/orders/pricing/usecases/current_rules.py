"""The rules of now, kept in the process."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from orders.context import OrdersContext
from orders.pricing.domain.rules import Rules
from orders.pricing.domain.shipping import FlatRate
from orders.pricing.store import snapshot, versions

# Rules that were seen to be current so lately are shown without another look.
LOOK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Kept:
    """Rules, the database's time when they were current, and this process's clock then."""

    rules: Rules
    at: datetime
    clock: float

    @property
    def age(self) -> float:
        return time.monotonic() - self.clock

    @property
    def now(self) -> datetime:
        """The database's time of now, without asking it."""
        return self.at + timedelta(seconds=self.age)


class KeptRules:
    """The rules that this process prices by. Put into `ctx.extras` when the service starts."""

    def __init__(self, look_seconds: float = LOOK_SECONDS) -> None:
        self._look_seconds = look_seconds
        self._kept: _Kept | None = None
        self._reading = asyncio.Lock()

    def forget(self) -> None:
        """The next price is made by rules that are read anew."""
        self._kept = None

    async def of_now(self, ctx: OrdersContext, *, look: bool) -> tuple[Rules, datetime]:
        """The rules and the time. `look`: ask for their version if they were not seen to be current lately.

        Without it they may be old: for orders, since the statement that writes one compares the version.
        """
        kept = self._kept
        if kept is None or (look and kept.age > self._look_seconds):
            async with self._reading:
                kept = await self._read(ctx, look=look)
        return kept.rules, kept.now

    async def _read(self, ctx: OrdersContext, *, look: bool) -> _Kept:
        kept = self._kept
        if kept is not None and not (look and kept.age > self._look_seconds):
            return kept  # another request has read them while this one waited
        clock = time.monotonic()
        if kept is not None:
            async with ctx.db.read() as tx:
                current = await versions.current(tx)
            if kept.rules.version == current.version:
                self._kept = found = _Kept(kept.rules, current.now, clock)
                return found
        async with ctx.db.write() as tx:
            rules, current = await snapshot.load(tx, _flat(ctx))
        self._kept = found = _Kept(rules, current.now, time.monotonic())
        return found


def _flat(ctx: OrdersContext) -> dict[str, FlatRate]:
    rates = {currency: ctx.settings.shipping(currency) for currency in ctx.settings.sold_in}
    return {currency: FlatRate(rate.flat_rate, rate.free_from) for currency, rate in rates.items()}
