"""Finds lines of the audit log: for the command `audit` and for staff (chassis.ops.api)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx

# Lines are kept for 400 days.
ALL = timedelta(days=401)
# A span before the first moment that a datetime can hold, or after the last one, cannot be computed.
FIRST_YEAR, LAST_YEAR = 1970, 9998
# An id is made after its transaction began, which lasts 30 s at most; an hour is far more.
_SLACK = timedelta(hours=1)
_SELECT = """
select id, occurred_at, action, outcome, object, actor_id, roles, session_id, host(ip) as ip, request_id, before, after
from audit_lines
where id >= $1 and id < $2 and occurred_at >= $3 and occurred_at < $4
"""
# Only what is asked for stands in the statement, so that each finds its index.
_CONDITIONS = {
    "account": "(actor_id = {0}::uuid or object = 'account:' || {0}::uuid::text)",
    "actor": "actor_id = {0}::uuid",
    "session": "(session_id = {0}::uuid or after ->> 'session_id' = {0}::uuid::text)",
    "ip": "ip <<= {0}::text::inet",
    "object": "object = {0}::text",
    "action": "action = {0}::text",
    "before": "id < {0}::uuid",
}


class AuditLine(msgspec.Struct, frozen=True):
    """A line of the audit log."""

    id: UUID
    occurred_at: datetime
    action: str
    outcome: str
    object: str | None
    actor_id: UUID | None
    roles: list[str]
    session_id: UUID | None
    ip: str | None
    request_id: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Wanted(msgspec.Struct, frozen=True):
    """Which lines are looked for. `account`: what it did, and what was done to it; `before`: lines older than this."""

    account: UUID | None = None
    actor: UUID | None = None
    session: UUID | None = None
    ip: str | None = None
    object: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None

    def told(self) -> dict[str, str]:
        """What is asked for, for the line about the reading."""
        return {name: str(value) for name, value in msgspec.structs.asdict(self).items() if value is not None}


async def search(tx: ReadTx, wanted: Wanted, most: int) -> list[AuditLine]:
    """At most so many of these lines, the newest first.

    Raises:
        asyncpg.QueryCanceledError: it took too long.
    """
    now: datetime = await tx.value("select now()")
    since, until = wanted.since or now - ALL, wanted.until or now + _SLACK
    arguments: list[Any] = [_first_id(since - _SLACK), _first_id(until + _SLACK), since, until]
    statement = _SELECT
    for name, condition in _CONDITIONS.items():
        value = getattr(wanted, name)
        if value is not None:
            arguments.append(value)
            statement += f"  and {condition.format(f'${len(arguments)}')}\n"
    arguments.append(most)
    return await tx.rows_planned(AuditLine, f"{statement}order by id desc limit ${len(arguments)}", *arguments)


def _first_id(time: datetime) -> UUID:
    """The lowest UUIDv7 of a moment: ids are in the order of time, so that the primary key finds a span of it."""
    return UUID(int=max(0, int(time.timestamp() * 1000)) << 80)
