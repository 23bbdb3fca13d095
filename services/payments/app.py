"""The service payments."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from chassis.service import create_service
from chassis.service.readings import Reading
from payments import metrics
from payments.after_restore import after_restore
from payments.api import admin, internal, public
from payments.clients import provider_open
from payments.context import PaymentsContext
from payments.glossary import GLOSSARY
from payments.jobs import jobs
from payments.settings import PaymentsSettings
from payments.settling import Settling
from payments.usecases.check_books import check_books
from payments.usecases.settle_payment import settle_payment


@asynccontextmanager
async def _open(ctx: PaymentsContext) -> AsyncIterator[None]:
    async with provider_open(ctx), Settling(partial(settle_payment, ctx)).running() as ctx.extras[Settling]:
        yield


app = create_service(
    "payments",
    settings=PaymentsSettings,
    routers=[public.router, admin.router, internal.router],
    jobs=jobs,
    on_start=_open,
    after_restore=after_restore,
    glossary=GLOSSARY,
    readings=[Reading("books", check_books, metrics.BOOKS, every=2)],
)
