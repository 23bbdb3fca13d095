"""SQL of what was read from the provider in place of lost webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from chassis.db import ReadTx, WriteTx

EVERY_SECONDS = 300
Name = Literal["events", "cases"]
DUE = f"exists (select from provider_sweeps where looked_at < now() - interval '{EVERY_SECONDS} seconds')"


class Sweep(msgspec.Struct, frozen=True):
    """What is read: from when the last one began until when this one does."""

    name: Name
    since: datetime
    begun: datetime


async def begin(tx: ReadTx, name: Name) -> Sweep:
    """The next of this name."""
    sql = "select name, looked_at as since, clock_timestamp() as begun from provider_sweeps where name = $1"
    sweep = await tx.row(Sweep, sql, name)
    assert sweep is not None, "the migration writes the rows"  # noqa: S101 -- narrows the type
    return sweep


async def end(tx: WriteTx, sweep: Sweep) -> None:
    """Have the next one begin where this one began."""
    sql = "update provider_sweeps set looked_at = greatest(looked_at, $2) where name = $1"
    await tx.execute(sql, sweep.name, sweep.begun)
