"""SQL of address books. Those who change one book wait for each other."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

MOST = 20
_COLUMNS = """
id, name, line1, line2, city, postal_code, region, country, phone, default_shipping, default_billing, created_at,
updated_at
"""
_LOCK = "select pg_advisory_xact_lock(hashtextextended('account_addresses:' || $1::text, 0))"
_ADD = f"""
insert into account_addresses (
    id, account_id, place, name, line1, line2, city, postal_code, region, country, phone, default_shipping,
    default_billing
)
select $1, $2, place, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 from generate_series(1, {MOST}) as place
where place not in (select a.place from account_addresses a where a.account_id = $2) order by place limit 1
returning {_COLUMNS}
"""
_CHANGE = f"""
update account_addresses set name = $3, line1 = $4, line2 = $5, city = $6, postal_code = $7, region = $8, country = $9,
    phone = $10, default_shipping = $11, default_billing = $12, updated_at = statement_timestamp()
where account_id = $2 and id = $1 returning {_COLUMNS}
"""
_NO_OTHER_DEFAULT = """
update account_addresses
set default_shipping = default_shipping and not $3, default_billing = default_billing and not $4
where account_id = $2 and id <> $1 and (default_shipping and $3 or default_billing and $4)
"""


class Fields(msgspec.Struct, frozen=True):
    """What its owner writes."""

    name: str
    line1: str
    line2: str | None
    city: str | None
    postal_code: str | None
    region: str | None
    country: str
    phone: str | None
    default_shipping: bool
    default_billing: bool


class Address(Fields, frozen=True):
    """An address of a book."""

    id: UUID
    created_at: datetime
    updated_at: datetime


async def lock(tx: WriteTx, account_id: UUID) -> bool:
    """Have the book to oneself until `tx` ends. Whether there is such an account: it stays until then."""
    await tx.value(_LOCK, str(account_id))
    return bool(await tx.value("select true from accounts where id = $1 for key share", account_id))


async def find(tx: ReadTx, account_id: UUID, address_id: UUID) -> Address | None:
    """One address of this book."""
    sql = f"select {_COLUMNS} from account_addresses where account_id = $1 and id = $2"
    return await tx.row(Address, sql, account_id, address_id)


async def all_of(tx: ReadTx, account_id: UUID) -> list[Address]:
    """Oldest first; at most MOST."""
    sql = f"select {_COLUMNS} from account_addresses where account_id = $1 order by id limit {MOST}"
    return await tx.rows(Address, sql, account_id)


async def add(tx: WriteTx, account_id: UUID, address_id: UUID, fields: Fields) -> Address | None:
    """The new address, in a locked book; None where it is full."""
    await _make_room_for_default(tx, account_id, address_id, fields)
    return await tx.row(Address, _ADD, address_id, account_id, *msgspec.structs.astuple(fields))


async def change(tx: WriteTx, account_id: UUID, address_id: UUID, fields: Fields) -> Address | None:
    """The address with these fields, in a locked book; None where there is none."""
    await _make_room_for_default(tx, account_id, address_id, fields)
    return await tx.row(Address, _CHANGE, address_id, account_id, *msgspec.structs.astuple(fields))


async def delete(tx: WriteTx, account_id: UUID, address_id: UUID) -> bool:
    """Delete it; whether it was there."""
    sql = "delete from account_addresses where account_id = $1 and id = $2"
    return await tx.execute(sql, account_id, address_id) == 1


async def _make_room_for_default(tx: WriteTx, account_id: UUID, address_id: UUID, fields: Fields) -> None:
    """What is written last is the default."""
    if fields.default_shipping or fields.default_billing:
        defaults = fields.default_shipping, fields.default_billing
        await tx.execute(_NO_OTHER_DEFAULT, address_id, account_id, *defaults)
