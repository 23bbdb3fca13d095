"""Compare an hour of the ledger with itself and with the payments, and set the shared gauges."""

from __future__ import annotations

import time

from chassis import telemetry
from payments import metrics
from payments.context import PaymentsContext
from payments.domain.payment import SETTLED, STATUSES
from payments.store import browsing, ledger, provider_events

_log = telemetry.logger(__name__)


async def check_books(ctx: PaymentsContext) -> None:
    """Debits equal credits, and what was captured and given back within an hour is what the ledger has of it."""
    async with ctx.db.report() as tx:
        age = await tx.age()
        books = await ledger.books(tx)
        unsettled = {row.status: row for row in await browsing.unsettled(tx)}
        metrics.waiting.set(await browsing.waiting(tx))
        metrics.last_webhook.set(await provider_events.last_at(tx))
    # Before the first capture there is no book, which is right and not unknown.
    for gauge in (metrics.imbalance, metrics.unbooked):
        gauge.set(0, ctx.settings.currency)
    for book in books:
        metrics.imbalance.set(book.imbalance, book.currency)
        metrics.unbooked.set(book.difference, book.currency)
        if book.imbalance or book.difference:
            _log.error("ledger.wrong", currency=book.currency, amount=book.imbalance or book.difference)
    for status in set(STATUSES) - SETTLED:
        metrics.unsettled.set(unsettled[status].payments if status in unsettled else 0, status)
    metrics.unknown.set(sum(row.unknown for row in unsettled.values()))
    metrics.books_checked.set(time.time() - age)
