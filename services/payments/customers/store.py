"""SQL of saved customers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

_COLUMNS = """
    account_id, customer_id, create_key, create_key_at, now() - create_key_at > interval '23 hours' as key_spent,
    deleted_at
"""
# A no-op update gives the row that is there.
_BEGIN = f"""
insert into provider_customers (account_id, create_key) values ($1::uuid, 'customer-' || ($1::uuid)::text)
on conflict (account_id) do update set account_id = excluded.account_id
returning {_COLUMNS}
"""
_ADOPT = f"""
update provider_customers set customer_id = coalesce(customer_id, $2) where account_id = $1 and gone_at is null
returning {_COLUMNS}
"""
# The key is exchanged by the first who finds it spent.
_NEW_KEY = f"""
update provider_customers set create_key = $3, create_key_at = now() where account_id = $1 and create_key = $2
returning {_COLUMNS}
"""
_LEAVE = f"""
insert into provider_customers (account_id, create_key, deleted_at, gone_at) values ($1, 'none', now(), now())
on conflict (account_id) do update set deleted_at = coalesce(provider_customers.deleted_at, now())
returning {_COLUMNS}
"""
_GONE = """
update provider_customers set gone_at = now(), customer_id = null
where account_id = $1 and deleted_at is not null and gone_at is null and customer_id is not distinct from $2
"""
_LEAVING = f"""
select {_COLUMNS} from provider_customers where deleted_at is not null and gone_at is null order by deleted_at limit $1
"""
_CUSTOMER = "select customer_id from provider_customers where account_id = $1 and deleted_at is null"
ANY_LEAVING = "exists (select from provider_customers where deleted_at is not null and gone_at is null)"
"""Whether `leaving` would find any."""


class Customer(msgspec.Struct, frozen=True):
    """An account's customer. `key_spent`: the provider may have forgotten the key of its creation."""

    account_id: UUID
    customer_id: str | None
    create_key: str
    create_key_at: datetime
    key_spent: bool
    deleted_at: datetime | None


async def _one(tx: WriteTx, sql: str, *arguments: object) -> Customer:
    found = await tx.row(Customer, sql, *arguments)
    assert found is not None, "an upsert returns its row"  # noqa: S101 -- narrows the type
    return found


async def begin(tx: WriteTx, account_id: UUID) -> Customer:
    """The account's row, made if there is none."""
    return await _one(tx, _BEGIN, account_id)


async def adopt(tx: WriteTx, account_id: UUID, customer_id: str) -> Customer | None:
    """Store the customer of an account, unless it has one; the row as it is then, None if it is gone."""
    return await tx.row(Customer, _ADOPT, account_id, customer_id)


async def new_key(tx: WriteTx, known: Customer, key: str) -> Customer | None:
    """Exchange a spent key; None if another has done so."""
    return await tx.row(Customer, _NEW_KEY, known.account_id, known.create_key, key)


async def leave(tx: WriteTx, account_id: UUID) -> Customer:
    """Store that an account was deleted; its row, also where it had no customer."""
    return await _one(tx, _LEAVE, account_id)


async def note_gone(tx: WriteTx, account_id: UUID, customer_id: str | None) -> None:
    """Store that the provider has no customer of the account any more."""
    await tx.execute(_GONE, account_id, customer_id)


async def leaving(tx: ReadTx, limit: int) -> list[Customer]:
    """Accounts that were deleted here, and whose customers may still be at the provider."""
    return await tx.rows(Customer, _LEAVING, limit)


async def customer_of(tx: ReadTx, account_id: UUID) -> str | None:
    """The id of an account's customer at the provider, if it has one."""
    found: str | None = await tx.value(_CUSTOMER, account_id)
    return found
