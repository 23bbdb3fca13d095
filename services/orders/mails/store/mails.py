"""Which mails have been sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.db import ReadTx, WriteTx
from orders.checkout import COLUMNS, Order, order_of
from orders.mails.domain.facts import About

# That an order was not paid is told within a day or not at all: a server that asks without end to come again later, for
# addresses that strangers made up, would be asked without end by ever more jobs. How to pay is told in time.
_UNSENT = f"""
select asked.kind, {COLUMNS} from unnest($1::uuid[], $2::text[]) as asked (order_id, kind)
join orders o on o.id = asked.order_id
where (asked.kind <> 'cancelled' or coalesce(o.cancelled_at, now()) > now() - interval '1 day')
  and (asked.kind <> 'placed' or o.status = 'pending_payment' and o.expires_at > now())
  and not exists (select from order_mails sent where sent.order_id = o.id and sent.kind = asked.kind)
"""
_MARK = """
insert into order_mails (order_id, kind) select * from unnest($1::uuid[], $2::text[]) on conflict do nothing
"""

# An order, and a kind of mail about it.
Mail = tuple[UUID, str]


async def unsent(tx: ReadTx, mails: Sequence[Mail]) -> dict[Mail, Order]:
    """The orders of those of the mails that were not sent and for which it is not too late."""
    rows = await tx.rows(_with_kind, _UNSENT, *_columns(mails))
    return {(order.id, kind): order for kind, order in rows}


async def mark_sent(tx: WriteTx, mails: Sequence[Mail]) -> None:
    """Note that a mail of this kind was sent for the order."""
    await tx.execute(_MARK, *_columns(sorted(mails)))


async def was_sent(tx: ReadTx, mail: About) -> bool:
    """Whether this kind of mail about this was sent."""
    sql = "select exists (select from mails_about where order_id = $1 and kind = $2 and subject = $3)"
    answer: bool = await tx.value(sql, mail.order_id, mail.kind, mail.subject)
    return answer


async def mark_about(tx: WriteTx, mail: About) -> None:
    """Note that it was sent."""
    sql = "insert into mails_about (order_id, kind, subject) values ($1, $2, $3) on conflict do nothing"
    await tx.execute(sql, mail.order_id, mail.kind, mail.subject)


def _columns(mails: Sequence[Mail]) -> tuple[list[UUID], list[str]]:
    return [order_id for order_id, _ in mails], [kind for _, kind in mails]


def _with_kind(*, kind: str, **columns: Any) -> tuple[str, Order]:
    return kind, order_of(**columns)
