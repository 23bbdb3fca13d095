"""The service orders."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.mail import SmtpSender
from chassis.service import create_service
from orders import metrics
from orders.advancing import Advancer
from orders.after_restore import after_restore
from orders.api import admin, checkout, public
from orders.consumers import payments
from orders.context import OrdersContext
from orders.domain.holding import Rules
from orders.glossary import GLOSSARY
from orders.holders import Holders
from orders.jobs import jobs
from orders.settings import OrdersSettings
from orders.tokens import OrderTokens
from orders.turns import Turns
from orders.usecases.advance_order import advance_order
from orders.usecases.send_mail import SentMails, UnsentMails


@asynccontextmanager
async def _own_objects(ctx: OrdersContext) -> AsyncIterator[None]:
    metrics.start(ctx.settings.sold_in)
    ctx.extras[OrderTokens] = OrderTokens(ctx.settings.order_token_key())
    ctx.extras[Holders] = Holders(ctx.settings.holder_key())
    ctx.extras[Rules] = ctx.settings.holding
    ctx.extras[Turns] = Turns()
    ctx.extras[UnsentMails], ctx.extras[SentMails] = UnsentMails(ctx.db), SentMails(ctx.db)
    ctx.extras[Advancer] = advancer = Advancer(ctx, advance_order)
    async with SmtpSender(ctx.settings.smtp_url) as ctx.extras[SmtpSender], advancer.running():
        yield


app = create_service(
    "orders",
    settings=OrdersSettings,
    routers=[public.cart, public.orders, checkout.router, admin.router],
    jobs=jobs,
    consumers=[payments],
    on_start=_own_objects,
    after_restore=after_restore,
    glossary=GLOSSARY,
)
