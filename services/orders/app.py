"""The service orders."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.mail import SmtpSender
from chassis.ops import api as ops
from chassis.service import create_service
from chassis.service.readings import Reading
from chassis.shop_profile import watched
from orders import (
    carts,
    checkout,
    documents,
    drafts,
    edits,
    fulfilment,
    joining,
    mails,
    privacy,
    refunds,
    returns,
    sales,
    worklist,
)
from orders.after_restore import after_restore
from orders.checkout import Advancer, Rules, Turns, advance_order, holding_rules, start_metrics
from orders.consumers import identity, payments
from orders.context import OrdersContext
from orders.documents import Printer
from orders.glossary import GLOSSARY
from orders.jobs import jobs
from orders.mails import SentMails, UnsentMails
from orders.pricing import KeptRules, discounts
from orders.pricing import routers as pricing
from orders.settings import OrdersSettings
from orders.shoppers import Holders, OrderTokens


@asynccontextmanager
async def _own_objects(ctx: OrdersContext) -> AsyncIterator[None]:
    start_metrics(ctx.settings.sold_in)
    refunds.start_metrics(ctx.settings.sold_in)
    ctx.extras[refunds.Hooks] = refunds.Hooks(
        refunded=(refunds.write_credit_note, refunds.mail_refunded),
        refund_failed=(refunds.take_back_credit_note, returns.forget_failed_refund),
        cancelled=(refunds.mail_cancelled,),
    )
    ctx.extras[OrderTokens] = OrderTokens(ctx.settings.order_token_key())
    ctx.extras[Holders] = Holders(ctx.settings.holder_key())
    ctx.extras[Rules] = holding_rules(ctx.settings)
    ctx.extras[Turns] = Turns()
    ctx.extras[KeptRules] = KeptRules()
    ctx.extras[discounts.Guessers] = discounts.Guessers()
    ctx.extras[Printer] = Printer()
    ctx.extras[UnsentMails], ctx.extras[SentMails] = UnsentMails(ctx.db), SentMails(ctx.db)
    ctx.extras[Advancer] = advancer = Advancer(ctx, advance_order)
    async with SmtpSender(ctx.settings.smtp_url) as ctx.extras[SmtpSender], watched(ctx), advancer.running():
        yield


app = create_service(
    "orders",
    settings=OrdersSettings,
    routers=[
        *(carts.router, checkout.router, mails.router, checkout.settings_router, checkout.calculations_router),
        *(checkout.staff_router, *pricing),
        *(fulfilment.router, fulfilment.staff_router, refunds.router, refunds.staff_router),
        *(returns.router, returns.staff_router),
        *(documents.router, documents.staff_router, mails.staff_router, mails.templates_router),
        *worklist.routers,
        *(edits.staff_router, drafts.staff_router),
        joining.router,
        sales.router,
        *privacy.routers,
        *ops.routers("orders"),
    ],
    jobs=jobs,
    consumers=[payments, identity],
    on_start=_own_objects,
    after_restore=after_restore,
    glossary=GLOSSARY,
    readings=[Reading("refunds", refunds.measure_refunds, (refunds.waiting_metric,))],
)
