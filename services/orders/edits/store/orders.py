"""Changes of placed orders, and how often mails about one were sent again. The caller holds the order's lock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

_CHANGE = """
update orders o set
    email = case when new ? 'email' then new ->> 'email' else o.email end,
    shipping_address = case when new ? 'shipping_address' then nullif(new -> 'shipping_address', 'null')
        else o.shipping_address end,
    billing_address = case when new ? 'billing_address' then nullif(new -> 'billing_address', 'null')
        else o.billing_address end,
    vat_id = case when new ? 'vat_id' then new ->> 'vat_id' else o.vat_id end
from (select $2::jsonb as new) as given where o.id = $1
"""
_MAILED = """
select statement_timestamp() as now, count(*) as in_all,
    count(*) filter (where at > statement_timestamp() - interval '1 hour') as in_an_hour
from order_events where order_id = $1 and kind = 'mail_sent_again'
"""


class Mailed(msgspec.Struct, frozen=True):
    """How many mails about an order were sent again, as of now."""

    now: datetime
    in_all: int
    in_an_hour: int


async def change(tx: WriteTx, order_id: UUID, values: Mapping[str, Any]) -> None:
    """Set these columns; what is not given stays.

    Raises:
        asyncpg.CheckViolationError: `orders_edits_before_sending`, pieces of it were sent, or it has ended.
    """
    await tx.execute(_CHANGE, order_id, values)


async def change_token(tx: WriteTx, order_id: UUID, token_hash: bytes) -> None:
    """The order opens by another token from now on."""
    await tx.execute("update orders set token_hash = $2 where id = $1", order_id, token_hash)


async def email_changes(tx: ReadTx, order_id: UUID) -> int:
    """How often its e-mail address was changed."""
    sql = "select count(*) from order_events where order_id = $1 and kind = 'edited' and data->'fields' ? 'email'"
    found: int = await tx.value(sql, order_id)
    return found


async def mailed(tx: ReadTx, order_id: UUID) -> Mailed:
    """See Mailed."""
    found = await tx.row(Mailed, _MAILED, order_id)
    assert found is not None, "an aggregate returns a row"  # noqa: S101 -- narrows the type
    return found


async def noted(tx: ReadTx, order_id: UUID, kind: str, name: str, value: str) -> bool:
    """Whether the order's history has an entry of this kind in which this is noted."""
    sql = "select exists (select from order_events where order_id = $1 and kind = $2 and data ->> $3 = $4)"
    found: bool = await tx.value(sql, order_id, kind, name, value)
    return found
