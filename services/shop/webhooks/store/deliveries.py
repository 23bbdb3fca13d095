"""SQL of messages and their deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

KEEP_DAYS = 30
# Longer than a try lasts: a delivery whose process died is due again then.
LEASE_SECONDS = 60
# One statement: nothing is written where no endpoint wants it, and nothing twice.
_TELL = """
with wanted as (
    select id from webhook_endpoints where status = 'on' and $6 = any(types)
), told as (
    insert into webhook_messages (id, producer, aggregate, aggregate_id, number, type, body)
    select $1, $2, $3, $4, $5, $6, $7 where exists (select from wanted)
    on conflict on constraint webhook_messages_once do nothing returning id
)
insert into webhook_deliveries (message_id, endpoint_id) select told.id, wanted.id from told, wanted
"""
_TEST = """
with told as (
    insert into webhook_messages (id, producer, aggregate, aggregate_id, number, type, body)
    select $1, 'shop', 'webhook', $1, 1, $3, $4 from webhook_endpoints where id = $2
    on conflict do nothing returning id
)
insert into webhook_deliveries (message_id, endpoint_id) select id, $2 from told
"""
# One look into the index for each endpoint, however much waits for it.
_DUE = """
select id from webhook_endpoints where status = 'on' and exists (
    select from webhook_deliveries
    where endpoint_id = webhook_endpoints.id and state = 'waiting' and due_at <= statement_timestamp()
)
"""
_CLAIM = f"""
with due as (
    select message_id, endpoint_id from webhook_deliveries
    where endpoint_id = $1 and state = 'waiting' and due_at <= statement_timestamp()
    order by due_at limit $2 for update skip locked
)
update webhook_deliveries d
set tries = d.tries + 1, attempt = d.attempt + 1, due_at = statement_timestamp() + interval '{LEASE_SECONDS} seconds',
    last_try_at = statement_timestamp()
from due join webhook_messages m on m.id = due.message_id
where d.message_id = due.message_id and d.endpoint_id = due.endpoint_id
returning d.message_id, d.endpoint_id, d.tries, d.attempt, m.type, m.body
"""
# Only by who tried last: another process may have taken it over, or staff may have asked for a new try meanwhile. The
# tries are no mark of that, since they are counted anew.
_END = """
update webhook_deliveries
set state = case when $4 then 'delivered' when $7::integer is null then 'failed' else 'waiting' end,
    due_at = case when $4 or $7::integer is null then due_at
             else statement_timestamp() + make_interval(secs => $7::integer * (0.9 + 0.2 * random())) end,
    ended_at = case when $4 or $7::integer is null then statement_timestamp() end,
    last_status = $5, last_error = $6
where message_id = $1 and endpoint_id = $2 and attempt = $3 and state = 'waiting'
"""
_LOG = """
select d.message_id, m.type, m.created_at, d.state, d.tries, d.last_status, d.last_error, d.last_try_at,
       case when d.state = 'waiting' then d.due_at end as due_at, m.body
from webhook_deliveries d join webhook_messages m on m.id = d.message_id
where d.endpoint_id = $1 and d.message_id < $2 and ($3::text is null or d.state = $3)
order by d.message_id desc limit $4
"""
_AGAIN = """
update webhook_deliveries
set state = 'waiting', tries = 0, attempt = attempt + 1, due_at = statement_timestamp(), ended_at = null
where message_id = $1 and endpoint_id = $2 and (state <> 'waiting' or tries > 0)
"""
_FORGET = f"""
delete from webhook_messages where id in (
    select id from webhook_messages where created_at < now() - interval '{KEEP_DAYS} days' order by created_at limit $1
)
"""


class Told(msgspec.Struct, frozen=True):
    """An event that endpoints may want."""

    id: UUID
    producer: str
    aggregate: str
    aggregate_id: UUID
    number: int
    type: str
    body: str


class Claimed(msgspec.Struct, frozen=True):
    """A delivery that this process tries now."""

    message_id: UUID
    endpoint_id: UUID
    tries: int
    attempt: int
    type: str
    body: str


class Outcome(msgspec.Struct, frozen=True):
    """What became of a try. `again_in`: seconds until the next; None: there is none."""

    taken: bool
    status: int | None = None
    error: str | None = None
    again_in: int | None = None


class Logged(msgspec.Struct, frozen=True):
    """A line of the log of an endpoint."""

    message_id: UUID
    type: str
    created_at: datetime
    state: str
    tries: int
    last_status: int | None
    last_error: str | None
    last_try_at: datetime | None
    due_at: datetime | None
    body: str


async def tell(tx: WriteTx, event: Told) -> None:
    """Have every endpoint told of it that wants it: once, however often this is called."""
    await tx.execute(_TELL, *msgspec.structs.astuple(event))


async def tell_one(tx: WriteTx, message_id: UUID, endpoint_id: UUID, kind: str, body: str) -> None:
    """Have one endpoint told of a test; once for each id."""
    await tx.execute(_TEST, message_id, endpoint_id, kind, body)


async def due_endpoints(tx: ReadTx) -> Sequence[UUID]:
    """The endpoints to which something is to be sent now."""
    found: list[UUID] = await tx.value(f"select array({_DUE})")
    return found


async def claim(tx: WriteTx, endpoint_id: UUID, limit: int) -> list[Claimed]:
    """Deliveries that are due, for this process alone to try within LEASE_SECONDS; the try is counted already."""
    return await tx.rows(Claimed, _CLAIM, endpoint_id, limit)


async def end_try(tx: WriteTx, tried: Claimed, outcome: Outcome) -> bool:
    """Write what became of a try; False where another process or staff have begun a new one meanwhile."""
    mine = tried.message_id, tried.endpoint_id, tried.attempt
    facts = outcome.taken, outcome.status, outcome.error, outcome.again_in
    return await tx.execute(_END, *mine, *facts) == 1


async def log(tx: ReadTx, endpoint_id: UUID, before: UUID, state: str | None, limit: int) -> list[Logged]:
    """What an endpoint was told, the newest first."""
    return await tx.rows(Logged, _LOG, endpoint_id, before, state, limit)


async def send_again(tx: WriteTx, message_id: UUID, endpoint_id: UUID) -> bool:
    """Have it sent again at once, its tries counted anew; False where that is so already, or there is none."""
    return await tx.execute(_AGAIN, message_id, endpoint_id) == 1


async def knows(tx: ReadTx, message_id: UUID, endpoint_id: UUID) -> bool:
    """Whether there is such a delivery."""
    sql = "select exists (select from webhook_deliveries where message_id = $1 and endpoint_id = $2)"
    return bool(await tx.value(sql, message_id, endpoint_id))


async def forget(tx: WriteTx, limit: int) -> int:
    """Delete old messages, with what became of them; how many."""
    return await tx.execute(_FORGET, limit)
