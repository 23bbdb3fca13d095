"""Who the shop is: as the service shop says, or as the settings say while it has not answered yet."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from starlette.types import Scope

from chassis.cache import Cache
from chassis.problems import Problem
from pages.context import PagesContext
from pages.domain import theme
from pages.domain.answers import Colours, Shop
from pages.domain.outcomes import Elsewhere, Gone
from pages.provider.reads import Read, Reads

SECONDS = 5.0


def reads_of(ctx: PagesContext, scope: Scope) -> Reads:
    """Reads in the name of the address that a request comes from."""
    return Reads(ctx.http, ctx.get(Cache), ctx.limiter.proxies.client(scope))


async def shop_of(ctx: PagesContext, scope: Scope) -> tuple[Shop, bool]:
    """The shop, and whether it said so itself."""
    try:
        return await reads_of(ctx, scope).get(Read("shop", "/api/v1/shop", seconds=SECONDS), Shop), True
    except (Problem, Gone, Elsewhere):
        return _unknown(ctx), False


def _unknown(ctx: PagesContext) -> Shop:
    settings = ctx.settings
    return Shop(
        name=settings.shop_name,
        logo_url=None,
        colours=theme.UNSET,
        currencies=sorted(settings.sold_in, key=lambda code: code != settings.currency),
        languages=[settings.shop_locale],
        policies=[],
    )


def theme_of(shop: Shop) -> tuple[str, bytes]:
    """The address of the shop's colours, and their stylesheet; both empty where nobody has chosen any."""
    return _theme(shop.colours)


@lru_cache(maxsize=16)
def _theme(colours: Colours) -> tuple[str, bytes]:
    sheet = theme.stylesheet(colours).encode()
    return f"/theme/{hashlib.sha256(sheet).hexdigest()[:16]}.css" if sheet else "", sheet
