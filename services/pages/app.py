"""The service pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.cache import Cache
from chassis.service import create_service
from pages import rendering
from pages.api import files
from pages.api.documents import Documents, Searches
from pages.assets.files import Assets, load
from pages.context import PagesContext
from pages.provider.reads import small_cache
from pages.settings import PagesSettings


@asynccontextmanager
async def _own_objects(ctx: PagesContext) -> AsyncIterator[None]:
    ctx.extras[Assets] = load(ctx.settings.storefront_dir)
    ctx.extras[Cache] = small_cache()
    ctx.extras[Searches] = Searches(ctx.settings.page_search_limit, ctx.limiter.proxies, "searches")
    rendering.prepare()
    yield


app = create_service("pages", settings=PagesSettings, routers=[], on_start=_own_objects)
# After the routes of the platform: the last one takes every address that is left.
app.router.routes.extend([*files.routes, Documents()])
