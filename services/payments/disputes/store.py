"""SQL of disputes and warnings for staff, and of their counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from chassis.db import ReadTx, ReportTx, WriteTx
from payments.disputes.domain import ANSWERABLE, DUE_SOON_DAYS

Shown = Literal["dispute", "fraud_warning"]

_COLUMNS = """
    c.id, c.kind, c.payment_id, p.order_id, c.status, c.reason, c.amount, c.currency, c.due_by,
    c.provider_created_at as created_at, c.updated_at
"""
_FROM = "from provider_cases c join payments p on p.id = c.payment_id where c.kind in ('dispute', 'fraud_warning')"
_CLOSED = "('won', 'lost', 'warning_closed', 'prevented', 'not_actionable')"
_ONE = f"select {_COLUMNS} {_FROM} and c.id = $1"
_ANSWERABLE = ", ".join(f"'{status}'" for status in sorted(ANSWERABLE))
_COUNTS = f"""
select count(*) as open,
       count(*) filter (where status in ({_ANSWERABLE})
           and due_by < now() + interval '{DUE_SOON_DAYS} days' and due_by > now()) as due_soon,
       count(*) filter (where status in ({_ANSWERABLE}) and due_by <= now()) as overdue
from provider_cases where kind = 'dispute' and status not in {_CLOSED}
"""


class DisputeRow(msgspec.Struct, frozen=True):
    """A dispute or a warning as staff see it."""

    id: str
    kind: Shown
    payment_id: UUID
    order_id: UUID
    status: str
    reason: str | None
    amount: int
    currency: str
    due_by: datetime | None
    created_at: datetime
    updated_at: datetime


class Counts(msgspec.Struct, frozen=True):
    """Disputes that go on; those without an answer whose deadline is near, and whose deadline is over."""

    open: int
    due_soon: int
    overdue: int


async def status_of(tx: WriteTx, case_id: str) -> str | None:
    """The stored status of a case; None if it is not stored. The payment's row must be locked."""
    status: str | None = await tx.value("select status from provider_cases where id = $1", case_id)
    return status


async def newest(
    tx: ReadTx, *, kind: Shown | None, going_on: bool | None, after: tuple[datetime, str] | None, limit: int
) -> list[DisputeRow]:
    """Disputes and warnings, newest first, after the one with these (created_at, id)."""
    clauses, arguments = [""], list[Any]([limit])
    if kind is not None:
        arguments.append(kind)
        clauses.append(f"c.kind = ${len(arguments)}")
    if going_on is not None:
        clauses.append(f"c.status {'not ' if going_on else ''}in {_CLOSED}")
    if after is not None:
        arguments += after
        clauses.append(f"(c.provider_created_at, c.id) < (${len(arguments) - 1}, ${len(arguments)})")
    where = " and ".join(clauses)
    sql = f"select {_COLUMNS} {_FROM}{where} order by c.provider_created_at desc, c.id desc limit $1"
    return await tx.rows(DisputeRow, sql, *arguments)


async def one(tx: ReadTx, case_id: str) -> DisputeRow | None:
    """The dispute or warning with this id at the provider."""
    return await tx.row(DisputeRow, _ONE, case_id)


async def counts(tx: ReportTx) -> Counts:
    """How many disputes go on, and are to be answered."""
    found = await tx.row(Counts, _COUNTS)
    assert found is not None, "an aggregate has one row"  # noqa: S101 -- narrows the type
    return found
