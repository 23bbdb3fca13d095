"""The service payments."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from chassis.ops import api as ops
from chassis.service import create_service
from chassis.service.readings import Reading
from payments import customers, disputes, manual, metrics, payouts, privacy, refunds, sales
from payments.after_restore import after_restore
from payments.api import admin, internal, public
from payments.case_handlers import CaseHandlers
from payments.clients import provider_open
from payments.context import PaymentsContext
from payments.glossary import GLOSSARY
from payments.jobs import jobs
from payments.settings import PaymentsSettings
from payments.settling import Settling
from payments.usecases.check_books import check_books
from payments.usecases.note_signature import SignatureNotes
from payments.usecases.settle_payment import settle_payment


@asynccontextmanager
async def _open(ctx: PaymentsContext) -> AsyncIterator[None]:
    ctx.extras[SignatureNotes] = SignatureNotes()
    ctx.extras[CaseHandlers] = CaseHandlers(
        refund=refunds.apply_refund_event,
        charge=refunds.apply_charge_event,
    )
    async with (
        provider_open(ctx),
        Settling(partial(settle_payment, ctx)).running() as ctx.extras[Settling],
        refunds.RefundSettling(partial(refunds.settle_refund, ctx)).running() as ctx.extras[refunds.RefundSettling],
    ):
        yield


app = create_service(
    "payments",
    settings=PaymentsSettings,
    routers=[
        *(public.router, admin.router, internal.router, refunds.router),
        *(manual.router, manual.service_router, disputes.router, customers.router),
        *(payouts.router, payouts.reports_router, sales.router),
        privacy.router,
        *ops.routers("payments"),
    ],
    jobs=jobs,
    on_start=_open,
    after_restore=after_restore,
    glossary=GLOSSARY,
    readings=[
        Reading("books", check_books, metrics.BOOKS, every=2),
        Reading("disputes", disputes.count_disputes, disputes.GAUGES, every=2),
        Reading("payouts", payouts.count_payouts, payouts.GAUGES, every=2),
        Reading("refunds", refunds.read_open, (metrics.open_refunds, metrics.refund_age), every=2),
    ],
)
