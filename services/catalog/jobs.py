"""The catalog's jobs and periodic work."""

from __future__ import annotations

from catalog.context import CatalogContext
from catalog.store import reservations, searches
from catalog.store.pictures import FETCH, FetchPicture
from catalog.usecases import fetch_picture, sweep_media
from catalog.usecases.expire_reservations import expire_reservations
from chassis.db import in_batches, retention
from chassis.jobs import JobTable

jobs = JobTable()


@jobs.every(seconds=5, name="catalog.expire_reservations", when=reservations.ANY_LAPSED)
async def expire(ctx: CatalogContext) -> None:
    """Release the reservations whose time is over."""
    await expire_reservations(ctx)


@jobs.task(FETCH)
async def fetch(ctx: CatalogContext, wish: FetchPicture) -> None:
    """Fetch one picture of an import."""
    await fetch_picture.fetch_picture(ctx, wish)


@jobs.every(seconds=6 * 3600, name="catalog.sweep_media")
async def sweep(ctx: CatalogContext) -> None:
    """Delete the picture files that no product names."""
    await sweep_media.sweep_media(ctx)


@jobs.every(seconds=3600, name="catalog.forget_searches", when=searches.ANY_OLD)
async def forget(ctx: CatalogContext) -> None:
    """Searches that found nothing are kept for 35 days, as numbers by term."""
    await in_batches(ctx.db, searches.forget, retention.BATCH)
