"""Limits of mails: to staff about one limit, and to one address about orders that ended unpaid."""

from __future__ import annotations

from chassis.db import ReadTx, WriteTx

_CLAIM = """
insert into staff_notices (kind) values ($1)
on conflict (kind) do update set told_at = now() where staff_notices.told_at <= now() - interval '1 hour'
returning extract(epoch from told_at)::bigint
"""
_COUNT = """
insert into unpaid_mails (recipient, day, mails) select $1, current_date, 1 where $2 > 0
on conflict (recipient, day) do update set mails = unpaid_mails.mails + 1 where unpaid_mails.mails < $2
returning mails
"""
_FORGET = """
delete from unpaid_mails where (recipient, day) in (
    select recipient, day from unpaid_mails where day < current_date limit $1 for update skip locked
)
"""


async def due(tx: ReadTx, kind: str) -> bool:
    """Whether nobody was told of it for an hour: spares a write for each of many refusals."""
    sql = "select not exists (select from staff_notices where kind = $1 and told_at > now() - interval '1 hour')"
    answer: bool = await tx.value(sql, kind)
    return answer


async def claim(tx: WriteTx, kind: str) -> int | None:
    """The time, in seconds since 1970, if this caller is the one who tells; None if another has within the hour."""
    told_at: int | None = await tx.value(_CLAIM, kind)
    return told_at


async def may_mail(tx: WriteTx, recipient: bytes, most: int) -> bool:
    """Count a mail to be sent today (UTC); False if there were `most` already."""
    return await tx.value(_COUNT, recipient, most) is not None


async def forget(tx: WriteTx, limit: int) -> int:
    """Delete the counts of past days; how many."""
    return await tx.execute(_FORGET, limit)
