"""The version of all rules that prices follow from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chassis.db import ReadTx, WriteTx

CURRENT = "(select version from pricing_versions)"
"""SQL of the version of now, to be part of the statement that writes an order."""
_CURRENT = "select version, clock_timestamp() as now from pricing_versions"


@dataclass(frozen=True, slots=True)
class Current:
    """The version of now, and the database's clock."""

    version: int
    now: datetime


async def bump(tx: WriteTx) -> int:
    """Count a change of the rules; the first statement of each: changes of rules go one after the other."""
    return int(await tx.value("update pricing_versions set version = version + 1 returning version"))


async def current(tx: ReadTx) -> Current:
    """The version and the time."""
    return await _read(tx, _CURRENT)


async def hold(tx: WriteTx) -> Current:
    """The version and the time, where nobody may change rules until the transaction ends."""
    return await _read(tx, f"{_CURRENT} for share")


async def _read(tx: ReadTx, sql: str) -> Current:
    found = await tx.row(Current, sql)
    assert found is not None, "a migration wrote the row"  # noqa: S101 -- narrows the type
    return found
