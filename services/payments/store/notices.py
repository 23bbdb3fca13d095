"""SQL of the mails to staff: when each subject was last mailed."""

from __future__ import annotations

from chassis.db import WriteTx

_CLAIM = """
insert into staff_notices (subject) values ($1)
on conflict (subject) do update set told_at = now()
    where $2 and staff_notices.told_at <= now() - interval '1 hour'
returning extract(epoch from told_at)::bigint
"""
_DELETE_OLD = """
delete from staff_notices where subject in (
    select subject from staff_notices where told_at < now() - interval '2 years' limit $1 for update skip locked
)
"""


async def claim(tx: WriteTx, subject: str, *, every_hour: bool) -> int | None:
    """The time, in seconds since 1970, if this caller is to send the mail; None if it was sent already."""
    told_at: int | None = await tx.value(_CLAIM, subject, every_hour)
    return told_at


async def delete_old(tx: WriteTx, limit: int) -> int:
    """Delete records of mails of two years ago; how many."""
    return await tx.execute(_DELETE_OLD, limit)
