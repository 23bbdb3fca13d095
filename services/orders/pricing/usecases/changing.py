"""What all changes of rules share: one transaction that counts their version, and refusals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import asyncpg

from chassis.db import WriteTx
from chassis.problems import NotFound
from orders.context import OrdersContext
from orders.pricing.problems import RuleChanged, RuleExists, TooManyRules
from orders.pricing.store import versions
from orders.pricing.usecases.current_rules import KeptRules

_WHY = {
    "shipping_zones_title_once": "There is a zone of this title.",
    "shipping_zones_elsewhere_once": "Another zone is the rest of the world.",
    "shipping_places_once": "One of these places is in another zone.",
    "shipping_methods_title_once": "The zone has a method of this title.",
    "tax_rates_once": "There is a rate of this title for these goods and this place at some time of its validity.",
}


@asynccontextmanager
async def changing(ctx: OrdersContext) -> AsyncIterator[WriteTx]:
    """A transaction that changes rules. Such go one after the other; prices follow the new rules from its end on.

    Raises:
        RuleExists: it would write a rule twice.
    """
    try:
        async with ctx.db.write() as tx:
            await versions.bump(tx)
            tx.after_commit(ctx.get(KeptRules).forget)
            yield tx
    except (asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError) as taken:
        if taken.constraint_name not in _WHY:
            raise
        raise RuleExists(_WHY[taken.constraint_name]) from taken


def refuse_above(limit: int, number: int) -> None:
    """Raises TooManyRules where there would be more than the limit."""
    if number > limit:
        raise TooManyRules(f"There can be {limit:,} at most.", limit=limit)


class Versioned(Protocol):
    """A rule as it is stored."""

    @property
    def version(self) -> int:
        """Changes with each change of it."""
        ...


def changed_or_gone(found: Versioned | None) -> Exception:
    """Why a rule was not of the version that a request names: it is of another one, or (None) there is none."""
    if found is None:
        return NotFound("There is no such rule any more.")
    return RuleChanged(f"It is of version {found.version} now.", version=found.version)
