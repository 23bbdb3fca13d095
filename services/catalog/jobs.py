"""The catalog's periodic work."""

from __future__ import annotations

from catalog.settings import CatalogSettings
from catalog.usecases.expire_reservations import expire_reservations
from chassis.context import Context
from chassis.jobs import JobTable

jobs = JobTable()


@jobs.every(seconds=5, name="catalog.expire_reservations")
async def expire(ctx: Context[CatalogSettings]) -> None:
    await expire_reservations(ctx)
