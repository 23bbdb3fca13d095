"""Publishing: an event is a row, written in the transaction of its cause.

The feed (chassis.outbox.feed) reads it in the order of transaction ids and below the oldest one still running: an
event whose transaction commits late is never passed over. The price is that an open transaction holds the feed back,
which is why chassis.db limits how long one may last.

An event is written only if a service follows this one: `followed_by` in service.yaml, or FOLLOWED_BY for one of another
repository. Who is declared later finds the events from then on; what was before, it reads from the service's
API.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis import telemetry
from chassis.db import Database, WriteTx
from chassis.outbox.events import EventData

CHANNEL = "outbox"

# PostgreSQL notifies listeners at the commit, once a transaction however often this runs in it.
_PUBLISH = """
with event as (
    insert into outbox (type, aggregate, aggregate_id, version, trace, data)
    values ($1, $2, $3, $4, $5, $6::text::jsonb)
)
select pg_notify('outbox', '')
"""
PUBLISHED = """
published as (
    insert into outbox (type, aggregate, aggregate_id, version, trace, data)
    select type, aggregate, aggregate_id, version, trace, data from facts order by version
    returning pg_notify('outbox', '')
)
"""
"""For a statement that writes the cause and its events at once: publishes what another part of it, `facts`, has."""

# In a restored dump the rows carry transaction ids of another cluster: they are moved before all new ones.
_BEGIN_EPOCH = """
with moved as (update outbox set xid = '0')
update outbox_log set epoch = replace(gen_random_uuid()::text, '-', ''), pruned_xid = '0', pruned_id = 0,
    system = $1, timeline = $2
"""
_SERVER = """
select system_identifier::text as system, substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) as timeline
from pg_control_system()
"""
_CHANGED = """
select system, timeline from outbox_log where system <> $1 or timeline is distinct from $2 for update
"""

_log = telemetry.logger(__name__)


async def publish(tx: WriteTx, aggregate: str, aggregate_id: UUID, version: int, data: EventData) -> None:
    """Write an event about an aggregate, for the services that follow this one, if `tx` commits.

    `version` is the aggregate's own count of its events, from 1. Increase it by a conditional write in `tx`.

    Does nothing if no service follows this one; nor if none of those that do handles the event, unless FOLLOWED_BY
    names one that is not known here.

    Raises:
        asyncpg.UniqueViolationError: `outbox_version_once`, this version was published before.
    """
    if not tx.followed or not (data.handled or tx.followed_outside):
        return
    trace = telemetry.current_trace()[1] or None
    body = msgspec.json.encode(data).decode()
    await tx.value(_PUBLISH, data.type, aggregate, aggregate_id, version, trace, body)


class _Server(msgspec.Struct, frozen=True):
    """The PostgreSQL cluster, and its timeline: how often it was promoted or restored to a point in time."""

    system: str
    timeline: str | None


async def check_epoch(db: Database) -> None:
    """Begin a new epoch where the database was restored from a dump into another PostgreSQL cluster.

    Cursors of the old epoch are then refused with `feed-epoch-changed`: their transaction ids mean nothing here. On
    another timeline they keep their meaning, and chassis.outbox.feed tells which of them are still good.
    """
    async with db.write() as tx:
        now = await tx.row(_Server, _SERVER)
        assert now is not None  # noqa: S101 -- there is always one row
        before = await tx.row(_Server, _CHANGED, now.system, now.timeline)
        if before is None:
            return
        if before.system != now.system:
            await tx.execute(_BEGIN_EPOCH, now.system, now.timeline)
        else:
            await tx.execute("update outbox_log set timeline = $1", now.timeline)
    if before.timeline is not None:
        _log.warning("outbox.restored_or_promoted", reason=f"timeline {before.timeline} became {now.timeline}")
