"""What is wrong with the jobs of a service as a whole, read from the database."""

from __future__ import annotations

from typing import Any

import msgspec

from chassis import telemetry
from chassis.context import Context

_READ = """
select (select count(*) from jobs where held_at is not null) as held,
       coalesce(extract(epoch from now() - (select min(run_at) from jobs where held_at is null)), 0)::float as late
"""

_held = telemetry.shared_gauge("jobs_held", "Jobs given up after their tries, waiting for an operator")
_late = telemetry.shared_gauge("jobs_late_seconds", "How long the oldest job that is due has waited")
GAUGES = (_held, _late)


class _State(msgspec.Struct, frozen=True):
    held: int
    late: float


async def read(ctx: Context[Any]) -> None:
    """Read the gauges."""
    async with ctx.db.read() as tx:
        state = await tx.row(_State, _READ)
    assert state is not None, "it has no table"  # noqa: S101 -- narrows the type
    _held.set(state.held)
    _late.set(max(state.late, 0.0))
