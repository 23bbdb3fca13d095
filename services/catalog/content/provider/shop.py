"""What the service shop says of the shop: its languages, its currencies, and which texts it has."""

from __future__ import annotations

from datetime import datetime

import msgspec

from catalog.context import CatalogContext
from chassis.problems import Unavailable

PATH = "/api/v1/shop"
PATIENCE = 2.0


class Policy(msgspec.Struct, frozen=True):
    """A text of the shop in a language, and when that changed last."""

    kind: str
    updated_at: datetime


class Shop(msgspec.Struct, frozen=True):
    """Languages and currencies, the first of each first."""

    languages: list[str]
    currencies: list[str]
    policies: list[Policy]


async def read_shop(ctx: CatalogContext) -> Shop:
    """What it says now; `alone` where this catalog knows of no such service. Raises Unavailable."""
    if "shop" not in ctx.settings.service_urls:
        return alone(ctx)
    answer = await ctx.http.read("shop", PATH, timeout=PATIENCE)
    try:
        if answer.status == 200:
            return msgspec.json.decode(answer.body, type=Shop)
    except msgspec.DecodeError:
        pass
    raise Unavailable("The shop service answered what this one does not understand.")


def alone(ctx: CatalogContext) -> Shop:
    """A shop of one language, which no address names, and without texts."""
    return Shop(["en"], [ctx.settings.currency], [])
