"""Mails with a link to an order that somebody asked for: which orders there are, and when one was told of last."""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

_CLAIM = """
with claimed as (
    insert into order_links as link (order_id) values ($1)
    on conflict (order_id) do update set mailed_at = now() where link.mailed_at <= now() - interval '10 minutes'
    returning mailed_at
), counted as (
    insert into link_mails as known (recipient, day, mails) select $2, current_date, 1 from claimed where $3 > 0
    on conflict (recipient, day) do update set mails = known.mails + 1 where known.mails < $3
    returning mails
)
select extract(epoch from claimed.mailed_at)::bigint from claimed, counted
"""
_FORGET_LINKS = """
delete from order_links where order_id in (
    select order_id from order_links where mailed_at < now() - interval '1 day' limit $1 for update skip locked
)
"""
_FORGET_MAILS = """
delete from link_mails where (recipient, day) in (
    select recipient, day from link_mails where day < current_date limit $1 for update skip locked
)
"""


class OrderRecipient(msgspec.Struct, frozen=True):
    """An order and its e-mail address."""

    id: UUID
    email: str


async def numbered(tx: ReadTx, number: str) -> OrderRecipient | None:
    """The order with this number, and its address."""
    return await tx.row(OrderRecipient, "select id, email from orders where number = $1", number)


async def still_due(tx: ReadTx, at: int) -> bool:
    """Whether a mail asked for at a time (seconds since 1970) is still waited for: for a day."""
    answer: bool = await tx.value("select to_timestamp($1) > now() - interval '1 day'", at)
    return answer


async def claim(tx: WriteTx, order_id: UUID, recipient: bytes, most: int) -> int | None:
    """The time, in seconds since 1970, of the mail that this caller is to send; None if one about this order was sent
    within ten minutes, or its mailbox has had `most` of them today (UTC).
    """
    mailed_at: int | None = await tx.value(_CLAIM, order_id, recipient, most)
    return mailed_at


async def forget_links(tx: WriteTx, limit: int) -> int:
    """Delete what is a day old; how many."""
    return await tx.execute(_FORGET_LINKS, limit)


async def forget_mails(tx: WriteTx, limit: int) -> int:
    """Delete the counts of past days; how many."""
    return await tx.execute(_FORGET_MAILS, limit)
