"""Look up disputes and warnings, for staff."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chassis.problems import NotFound
from chassis.web import PageParams, pagination
from payments.context import PaymentsContext
from payments.disputes import store
from payments.disputes.store import DisputeRow, Shown
from payments.store import ledger
from payments.store.ledger import LedgerEntry

_KINDS = frozenset({"dispute", "dispute_reversal", "fee"})


class DisputeRecord(msgspec.Struct, frozen=True):
    """A dispute with what the ledger has of its payment's disputes and their fees."""

    dispute: DisputeRow
    ledger: list[LedgerEntry]


async def list_disputes(
    ctx: PaymentsContext, page: PageParams, *, kind: Shown | None, going_on: bool | None
) -> tuple[list[DisputeRow], str | None]:
    """Newest first, and the cursor of the next page."""
    after = pagination.decode(page.cursor, tuple[datetime, str]) if page.cursor else None
    async with ctx.db.read() as tx:
        rows = await store.newest(tx, kind=kind, going_on=going_on, after=after, limit=page.limit + 1)
    if len(rows) <= page.limit:
        return rows, None
    last = rows[page.limit - 1]
    return rows[: page.limit], pagination.encode((last.created_at, last.id))


async def whole_dispute(ctx: PaymentsContext, dispute_id: str) -> DisputeRecord:
    """Raises NotFound."""
    async with ctx.db.read() as tx:
        dispute = await store.one(tx, dispute_id)
        if dispute is None:
            raise NotFound(f"There is no dispute {dispute_id}.")
        entries = await ledger.of_payment(tx, dispute.payment_id)
    return DisputeRecord(dispute, [entry for entry in entries if entry.kind in _KINDS])
