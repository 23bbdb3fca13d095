"""Orders that were made of a cart and wait for payment."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx

_COLUMNS = "o.id, o.number, o.currency, o.expires_at, o.token_hash, c.id as cart_id"
_OPEN = "o.status in ('placed', 'pending_payment') and o.expires_at > now()"
_OF_GUEST = f"""
select {_COLUMNS} from carts c join orders o on o.id = c.order_id where c.token_hash = $1 and {_OPEN}
"""
# An account has few open orders, and those are its latest: no index is needed to find them among the paid ones.
_OF_ACCOUNT = f"""
select {_COLUMNS} from (
    select id, number, currency, expires_at, token_hash, status from orders
    where account_id = $1 order by id desc limit 20
) o join carts c on c.order_id = o.id where {_OPEN} order by o.id desc limit 1
"""


class UnpaidOrder(msgspec.Struct, frozen=True):
    """An order that can be paid until `expires_at`; `token_hash`: a guest's."""

    id: UUID
    number: str
    currency: str
    expires_at: datetime
    token_hash: bytes | None
    cart_id: UUID


async def of_guest(tx: ReadTx, cart_token_hash: bytes) -> UnpaidOrder | None:
    """The order that this guest's cart has become."""
    return await tx.row(UnpaidOrder, _OF_GUEST, cart_token_hash)


async def of_account(tx: ReadTx, account_id: UUID) -> UnpaidOrder | None:
    """The latest order that a cart of the account has become."""
    return await tx.row(UnpaidOrder, _OF_ACCOUNT, account_id)
