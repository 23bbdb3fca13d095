"""SQL of payouts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from chassis.db import ReadTx, ReportTx, WriteTx
from payments.domain.payout import Payout

_PUT = """
insert into payouts (
    id, amount, currency, status, automatic, arrives_on, failure, complete, provider_created_at, asked_at
)
select id, amount, currency, status, automatic, arrives_on, failure, complete, created_at, $1
from unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::bool[], $7::date[], $8::text[], $9::bool[],
            $10::timestamptz[])
    as read (id, amount, currency, status, automatic, arrives_on, failure, complete, created_at)
order by id
on conflict (id) do update set
    status = excluded.status, arrives_on = excluded.arrives_on, failure = excluded.failure,
    complete = excluded.complete, asked_at = excluded.asked_at, updated_at = now()
where payouts.asked_at < excluded.asked_at
  and (payouts.status, payouts.arrives_on, payouts.failure, payouts.complete)
      is distinct from (excluded.status, excluded.arrives_on, excluded.failure, excluded.complete)
returning id
"""
_COLUMNS = """
    id, amount, currency, status, automatic, arrives_on, failure, movements_sum, provider_created_at as created_at
"""
_LATELY = "updated_at > now() - interval '7 days'"
_UNREAD = f"""
select coalesce(array_agg(id), '{{}}') from (
    select id, provider_created_at from payouts where complete and movements_sum is null
    union all
    select id, provider_created_at from payouts where movements_sum <> 0 and {_LATELY}
    order by provider_created_at limit $1
) as unread
"""
_READ = """
update payouts set movements_sum = read.sum, updated_at = now()
from (select coalesce(sum(amount - fee), 0) as sum from balance_movements where payout_id = $1) as read
where id = $1 and movements_sum is distinct from read.sum
"""
_CONTENTS = """
select type, count(*) as count, sum(amount)::bigint as amount, sum(fee)::bigint as fee
from balance_movements where payout_id = $1 group by type order by type limit 100
"""
# A payout that was paid later has the money of those that failed before it. Their times are whole seconds.
_COUNTS = f"""
select (select count(*) from payouts failed where status = 'failed' and {_LATELY} and not exists (
           select from payouts later where later.currency = failed.currency and later.status = 'paid'
               and later.provider_created_at >= failed.provider_created_at
       )) as failed,
       (select count(*) from payouts where movements_sum <> 0 and {_LATELY}) as differing,
       (select count(*) from balance_movements where not known and recorded_at > now() - interval '7 days') as unknown,
       (select coalesce(extract(epoch from max(read_until)), 0)::float8 from balance_cursor) as read_until
"""


class PayoutRow(msgspec.Struct, frozen=True):
    """A payout as staff see it. `movements_sum`: 0 once its movements were read and are all there."""

    id: str
    amount: int
    currency: str
    status: str
    automatic: bool
    arrives_on: date
    failure: str | None
    movements_sum: int | None
    created_at: datetime


class Content(msgspec.Struct, frozen=True):
    """The movements of one type in a payout, added up. Minor units."""

    type: str
    count: int
    amount: int
    fee: int


class PayoutCounts(msgspec.Struct, frozen=True):
    """What staff have to look at, and up to when movements were read, in Unix seconds; 0: not yet."""

    failed: int
    differing: int
    unknown: int
    read_until: float


async def put(tx: WriteTx, payouts: Sequence[Payout], asked_at: datetime) -> list[str]:
    """Store payouts as the provider answered; the ids of those that are new or changed."""
    found = sorted({each.id: each for each in payouts}.values(), key=lambda each: each.id)
    return await tx.rows(
        _id,
        _PUT,
        asked_at,
        [each.id for each in found],
        [each.amount for each in found],
        [each.currency for each in found],
        [each.status for each in found],
        [each.automatic for each in found],
        [each.arrives_on for each in found],
        [each.failure for each in found],
        [each.complete for each in found],
        [each.created_at for each in found],
    )


def _id(id: str) -> str:  # noqa: A002 -- the name of the column
    return id


async def unread(tx: ReadTx, limit: int) -> list[str]:
    """The ids of payouts whose movements can be read and were not, or did not add up lately; oldest first."""
    found: list[str] = await tx.value(_UNREAD, limit)
    return found


async def note_read(tx: WriteTx, payout_id: str) -> None:
    """Store what the recorded movements of a payout add up to."""
    await tx.execute(_READ, payout_id)


async def newest(tx: ReadTx, status: str | None, after: tuple[datetime, str] | None, limit: int) -> list[PayoutRow]:
    """Payouts, newest first, after the one with these (created_at, id)."""
    clauses, arguments = ["true"], list[Any]([limit])
    if status is not None:
        arguments.append(status)
        clauses.append(f"status = ${len(arguments)}")
    if after is not None:
        arguments += after
        clauses.append(f"(provider_created_at, id) < (${len(arguments) - 1}, ${len(arguments)})")
    where = " and ".join(clauses)
    sql = f"select {_COLUMNS} from payouts where {where} order by provider_created_at desc, id desc limit $1"
    return await tx.rows(PayoutRow, sql, *arguments)


async def one(tx: ReadTx, payout_id: str) -> PayoutRow | None:
    """The payout with this id at the provider."""
    return await tx.row(PayoutRow, f"select {_COLUMNS} from payouts where id = $1", payout_id)


async def contents(tx: ReadTx, payout_id: str) -> list[Content]:
    """What is in a payout, by type."""
    return await tx.rows(Content, _CONTENTS, payout_id)


async def counts(tx: ReportTx) -> PayoutCounts:
    """What staff have to look at."""
    found = await tx.row(PayoutCounts, _COUNTS)
    assert found is not None, "it has one row"  # noqa: S101 -- narrows the type
    return found
