"""Who guesses codes is stopped: unknown codes are counted by account or address."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Sequence

from chassis.limits import begin, rule
from chassis.problems import RateLimited
from orders.context import OrdersContext
from orders.pricing.discounts import metrics
from orders.pricing.discounts.domain.reasons import Reason
from orders.pricing.domain.basket import RejectedCode

LIMIT = "code-misses"
_REMEMBERED = 10_000

begin(LIMIT)


class Guessers:
    """Those who have guessed too often, and until when this process takes no codes of theirs. Put into `ctx.extras`.

    A limit on misses alone would tell a guesser which code is good: the one that is not refused. Misses are counted for
    all processes together, so another one stops a guesser at their next unknown code there.
    """

    def __init__(self) -> None:
        self._until: OrderedDict[str, float] = OrderedDict()

    def stop(self, who: str, seconds: int) -> None:
        """Take no codes of theirs for so long."""
        self._until[who] = time.monotonic() + seconds
        self._until.move_to_end(who)
        if len(self._until) > _REMEMBERED:
            self._until.popitem(last=False)

    def seconds_left(self, who: str) -> int:
        """For how many seconds they are stopped; 0: they are not."""
        return max(0, math.ceil(self._until.get(who, 0.0) - time.monotonic()))


def may_try(ctx: OrdersContext, who: str) -> None:
    """To be called before codes of theirs are looked up. `who`: the account's id, or the address of a guest.

    Raises:
        RateLimited: they have guessed too often.
    """
    seconds = ctx.get(Guessers).seconds_left(who)
    if seconds:
        raise RateLimited(
            f"Too many unknown codes. Try again in {seconds} seconds.", headers={"Retry-After": str(seconds)}
        )


async def count_misses(ctx: OrdersContext, who: str, rejected: Sequence[RejectedCode]) -> None:
    """To be called after a basket was priced, with the codes that do not count: unknown ones are counted.

    Raises:
        RateLimited: they have guessed too often. What was priced must not be shown.
    """
    for each in rejected:
        metrics.refused.inc(each.reason)
    for _ in (each for each in rejected if each.reason == Reason.UNKNOWN.value):
        decided = await ctx.limiter.check(rule(LIMIT, ctx.settings.code_miss_limit), who)
        if not decided.allowed:
            ctx.get(Guessers).stop(who, decided.retry_after)
            may_try(ctx, who)
