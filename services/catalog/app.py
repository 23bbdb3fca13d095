"""The catalog service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from catalog.api import admin, hot, internal, public
from catalog.glossary import GLOSSARY
from catalog.jobs import jobs
from catalog.media import MediaFolder
from catalog.settings import CatalogSettings
from catalog.usecases.commit_reservation import Committer
from catalog.usecases.release_reservation import Releaser
from catalog.usecases.reserve_stock import Reserver
from chassis.app import create_service
from chassis.context import Context


@asynccontextmanager
async def _means(ctx: Context[CatalogSettings]) -> AsyncIterator[None]:
    ctx.extras |= {kind: kind(ctx.db) for kind in (Reserver, Committer, Releaser)}
    ctx.extras[MediaFolder] = MediaFolder(ctx.settings.media_dir)
    yield


app = create_service(
    "catalog",
    settings=CatalogSettings,
    # What orders asks for comes first: routes are tried one after the other.
    routers=[internal.router, public.router, admin.router],
    jobs=jobs,
    on_start=_means,
    glossary=GLOSSARY,
)
app.router.routes[:0] = hot.routes
