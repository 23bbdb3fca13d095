"""The service shop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from chassis.auth import Verifier
from chassis.ops import api as ops
from chassis.service import create_service
from chassis.sessions.api_keys import ApiKeys
from shop import figures, keys, profile, webhooks
from shop.after_restore import after_restore
from shop.consumers import consumers
from shop.context import ShopContext
from shop.glossary import GLOSSARY
from shop.jobs import jobs
from shop.settings import ShopSettings
from shop.webhooks import Sender, WebhookClient


@asynccontextmanager
async def _own_objects(ctx: ShopContext) -> AsyncIterator[None]:
    await profile.begin_profile(ctx)
    ctx.get(Verifier).api_keys = ApiKeys(ctx.cache, keys.finder(ctx), ctx.limiter.proxies)
    ctx.extras[figures.Buyers] = figures.Buyers(ctx.settings.webhook_key())
    client = WebhookClient(ports=ctx.settings.webhook_ports, networks=ctx.settings.webhook_networks)
    async with aclosing(client):
        ctx.extras[Sender] = sender = Sender(ctx, client, ctx.settings.webhook_key())
        async with sender.running():
            yield


app = create_service(
    "shop",
    settings=ShopSettings,
    routers=[*profile.routers, *keys.routers, *webhooks.routers, *figures.routers, *ops.routers("shop")],
    jobs=jobs,
    consumers=consumers,
    on_start=_own_objects,
    after_restore=after_restore,
    glossary=GLOSSARY,
    readings=[webhooks.READING],
)
