"""The catalog service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from catalog import bulk, collections, content, editing, exporting, import_runs, stockroom, uploads
from catalog.after_restore import after_restore
from catalog.api import admin, browsing, hot, imports, internal, pictures, public
from catalog.context import CatalogContext
from catalog.glossary import GLOSSARY
from catalog.jobs import jobs
from catalog.media import MediaObjects, media_url
from catalog.pictures.client import PictureClient
from catalog.pictures.encoder import Encoder
from catalog.readings import READINGS
from catalog.settings import CatalogSettings
from catalog.usecases import count_searches
from catalog.usecases.commit_reservation import Committer
from catalog.usecases.fetch_picture import Fetcher
from catalog.usecases.list_products import SearchSlots
from catalog.usecases.release_reservation import Releaser
from catalog.usecases.reserve_stock import Reserver
from chassis.ops import api as ops
from chassis.service import create_service


@asynccontextmanager
async def _resources(ctx: CatalogContext) -> AsyncIterator[None]:
    ctx.extras |= {kind: kind(ctx.db) for kind in (Reserver, Committer, Releaser)}
    settings = ctx.settings
    ctx.extras[SearchSlots] = SearchSlots(settings.database_pool_size)
    media = ctx.extras[MediaObjects] = MediaObjects(media_url(settings.media_url, settings.media_dir))
    client = PictureClient(ports=settings.picture_ports, networks=settings.picture_networks)
    encoder = ctx.extras[Encoder] = Encoder()
    ctx.extras[Fetcher] = Fetcher(client, encoder, media)
    ctx.extras[uploads.UploadSlots] = uploads.UploadSlots()
    ctx.extras[import_runs.RunTurn] = import_runs.RunTurn()
    try:
        async with count_searches.counted(ctx):
            yield
    finally:
        await client.aclose()


# Here, since the room has endpoints, too, which the module of jobs may not know.
jobs.every(seconds=2, name="catalog.publish_due", when=editing.ANY_PUBLICATION_DUE)(editing.publish_due)
jobs.every(seconds=2, name="catalog.apply_sales", when=editing.ANY_SALE_DUE)(editing.apply_sales)
jobs.every(seconds=2, name="catalog.keep_collections", when=collections.ANY_UNCHECKED)(collections.keep_collections)
jobs.task(import_runs.RUN)(import_runs.run)
jobs.every(seconds=3600, name="catalog.forget_imports", when=import_runs.ANY_OLD)(import_runs.forget_files)

app = create_service(
    "catalog",
    settings=CatalogSettings,
    # What orders asks for comes first: routes are tried one after the other.
    routers=[
        *(internal.router, public.router, browsing.router, pictures.router, imports.router),
        *uploads.routers,
        *import_runs.routers,
        stockroom.router,
        # Before the routes of one product: its path looks like that of a slug.
        exporting.router,
        bulk.router,
        admin.router,
        *collections.routers,
        *editing.routers,
        *content.routers,
        *ops.routers("catalog"),
    ],
    jobs=jobs,
    on_start=_resources,
    after_restore=after_restore,
    glossary=GLOSSARY,
    hot=hot.find,
    readings=READINGS,
)
app.router.routes[:0] = hot.routes
