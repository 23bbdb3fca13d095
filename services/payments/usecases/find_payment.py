"""Look payments up: for orders, and for staff."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.problems import NotFound
from chassis.web import PageParams, pagination
from payments.context import PaymentsContext
from payments.domain.payment import Payment
from payments.store import browsing, cases, ledger, payments, provider_events
from payments.store.browsing import PaymentFilter, PaymentSummary
from payments.store.cases import StoredCase
from payments.store.ledger import Balance, LedgerEntry
from payments.store.provider_events import WebhookSummary


class PaymentRecord(msgspec.Struct, frozen=True):
    """A payment with its entries in the ledger, its refunds and disputes, and the webhooks that came about it."""

    payment: PaymentSummary
    ledger: list[LedgerEntry]
    cases: list[StoredCase]
    history: list[WebhookSummary]


async def payment_of_order(ctx: PaymentsContext, order_id: UUID) -> Payment:
    """Raises NotFound."""
    async with ctx.db.read() as tx:
        payment = await payments.of_order(tx, order_id)
    if payment is None:
        raise NotFound(f"Order {order_id} has no payment.")
    return payment


async def list_payments(
    ctx: PaymentsContext, page: PageParams, wanted: PaymentFilter
) -> tuple[list[PaymentSummary], str | None]:
    """Newest first, and the cursor of the next page."""
    after = pagination.decode(page.cursor, tuple[datetime, UUID]) if page.cursor else None
    async with ctx.db.read() as tx:
        rows = await browsing.newest(tx, wanted, after=after, limit=page.limit + 1)
    if len(rows) <= page.limit:
        return rows, None
    last = rows[page.limit - 1]
    return rows[: page.limit], pagination.encode((last.created_at, last.id))


async def whole_payment(ctx: PaymentsContext, payment_id: UUID) -> PaymentRecord:
    """Raises NotFound."""
    async with ctx.db.read() as tx:
        row = await browsing.one(tx, payment_id)
        if row is None:
            raise NotFound(f"There is no payment {payment_id}.")
        return PaymentRecord(
            row,
            await ledger.of_payment(tx, payment_id),
            await cases.of_payment(tx, payment_id),
            await provider_events.of_payment(tx, payment_id),
        )


async def ledger_balances(ctx: PaymentsContext) -> list[Balance]:
    """The balance of each account in each currency."""
    async with ctx.db.read() as tx:
        return await ledger.balances(tx)
