"""Periodic work of every service: deletes what the chassis itself keeps once it is old.

Events set aside are never deleted by age: they have not taken effect. See `python -m chassis.ops list`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from chassis import telemetry
from chassis.context import Context
from chassis.db import WriteTx, in_batches, limits_hit, retention
from chassis.jobs import Periodic

# Each deletes at most $1 rows, so that no lock and no transaction lasts. Rows of the log are nearly in the
# order of time. What is pruned is recorded, so that a consumer which comes too late gets an error and skips nothing.
_OUTBOX = """
with oldest as (select xid, id, occurred_at from outbox order by xid, id limit $1),
gone as (
    delete from outbox o using oldest
    where o.xid = oldest.xid and o.id = oldest.id and oldest.occurred_at < now() - interval '7 days'
    returning o.xid, o.id
),
noted as (
    update outbox_log set (pruned_xid, pruned_id) = (select xid, id from gone order by xid desc, id desc limit 1)
    where exists (select from gone)
)
select count(*) from gone
"""
_IDEMPOTENCY = """
with gone as (
    delete from idempotency where (scope, key) in (
        select scope, key from idempotency where created_at < now() - interval '7 days' limit $1
    ) returning 1
)
select count(*) from gone
"""
_AUDIT = "select audit_lines_prune($1)"
_CHAIN = "select audit_chain_extend($1)"
# A line that was committed later than a newer one is chained with the next one, or when this runs unasked.
_UNCHAINED = """
exists (
    select from (select id from audit_lines order by id desc limit 1) newest
    where not exists (select from audit_chain where line_id = newest.id)
)
"""
_OLD_CHAIN = "select audit_chain_prune($1)"
_HEAD = "select position || ':' || encode(hash, 'hex') from audit_chain order by position desc limit 1"
_log = telemetry.logger(__name__)


async def prune(ctx: Context[Any]) -> None:
    """Delete events and idempotency keys after 7 days, and counts of limits after 30."""
    for statement in (_OUTBOX, _IDEMPOTENCY):
        await in_batches(ctx.db, partial(_run, statement), retention.BATCH)
    await in_batches(ctx.db, limits_hit.prune, retention.BATCH)


async def prune_audit(ctx: Context[Any]) -> None:
    """Delete lines of the audit log after 400 days; log the newest place of its chain (chassis.ops.chained)."""
    for statement in (_AUDIT, _OLD_CHAIN):
        await in_batches(ctx.db, partial(_run, statement), retention.BATCH)
    async with ctx.db.read() as tx:
        head = await tx.value(_HEAD)
    if head is not None:
        _log.info("audit.chained", chain_head=head)


async def chain_audit(ctx: Context[Any]) -> None:
    """Chain the lines that were written since."""
    await in_batches(ctx.db, partial(_run, _CHAIN), retention.BATCH)


async def _run(statement: str, tx: WriteTx, most: int) -> int:
    deleted: int = await tx.value(statement, most)
    return deleted


HOUSEKEEPING = (
    Periodic("chassis.prune", 600, prune),
    Periodic("chassis.prune_audit", 3600, prune_audit),
    Periodic("chassis.chain_audit", 10, chain_audit, _UNCHAINED),
)
