"""SQL of all that identity keeps of a person: to be exported, and to be deleted.

A test compares TABLES with tables.yaml: a new table that leads to a person is exported, or stands in NOT_EXPORTED.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis import outbox
from chassis.db import ReadTx, WriteTx
from identity.events import AccountErased
from identity.registrations import MAILBOX

AT_ONCE = 1_000
NOBODY = UUID(int=0)
"""In place of the id of somebody who is erased."""
# By two indexes: of the account, and of the mailbox behind its address.
_MAILED = f"""
(account_id = $1 or ({MAILBOX} = (select {MAILBOX} from accounts where id = $1)
    and email = (select email from accounts where id = $1)))
"""
_ADDRESSED = "email = (select email from accounts where id = $1)"
_ADDRESS = (
    "id, name, line1, line2, city, postal_code, region, country, phone, default_shipping, default_billing, created_at,"
    " updated_at"
)
_OWN = "case when actor_id is null or actor_id = $1"
# Of each table: the column that orders its rows, the columns that are the person's, and which rows are theirs.
TABLES = {
    "accounts": ("id", "id, email, name, language, roles, status, created_at, email_verified_at", "id = $1"),
    "account_addresses": (
        "id",
        _ADDRESS,
        "account_id = $1",
    ),
    # What staff wrote about them, and into which groups they put them. What they wrote as staff is about others.
    "account_notes": ("id", "id, body, author, written_at", "account_id = $1"),
    "account_group_members": ("group_id", "group_id, added_by, added_at", "account_id = $1"),
    "account_mails": ("id", "id, kind, email, created_at, mailed_at, ended_at", _MAILED),
    "sessions": (
        "id",
        "id, user_agent, staff, second_factor, created_at, last_used_at, ended_at, end_reason",
        "account_id = $1",
    ),
    "second_factors": ("account_id", "account_id, created_at, confirmed_at", "account_id = $1"),
    "staff_invitations": ("id", "id, email, roles, created_at, ended_at, accepted", _ADDRESSED),
    "registrations": ("id", "id, email, language, created_at, used_at", _ADDRESSED),
    "account_exports": ("id", "id, asked_at, ready_at", "account_id = $1"),
    "erasures": ("id", "id, asked_at, due_at", "account_id = $1"),
    # What was done as them, or to their account: by staff without the address that these had.
    "audit_lines": (
        "id",
        f"id, occurred_at, action, outcome, object, {_OWN} then session_id end session_id, {_OWN} then ip end ip",
        "(actor_id = $1 or object = 'account:' || $1::uuid)",
    ),
}
NOT_EXPORTED = {
    "recovery_codes": "they are the person's keys, and are stored as hashes",
    "account_export_parts": "they are the exports",
    "audit_log": "its lines are in audit_lines",
}

# Rows of others that name the person as staff, in the order of their keys: two erasures may want the same ones.
_WRITTEN = """
with theirs as (select id from account_notes where author = $1 order by account_id, place limit $3 for no key update)
update account_notes set author = $2 from theirs where account_notes.id = theirs.id
"""
_ADDED = """
with theirs as (
    select group_id, account_id from account_group_members where added_by = $1
    order by group_id, account_id limit $3 for no key update
)
update account_group_members as members set added_by = $2
from theirs where (members.group_id, members.account_id) = (theirs.group_id, theirs.account_id)
"""


async def rows(tx: ReadTx, table: str, account_id: UUID, after: UUID | None) -> list[dict[str, Any]]:
    """At most AT_ONCE rows of a table that are this person's, in the order of their ids after this one."""
    key, columns, theirs = TABLES[table]
    sql = f"""
    select coalesce(jsonb_agg(to_jsonb(found)), '[]') from (
        select {columns} from {table} where {theirs} and ($2::uuid is null or {key} > $2) order by {key} limit $3
    ) found
    """
    found: list[dict[str, Any]] = await tx.value(sql, account_id, after, AT_ONCE)
    return found


def id_of(table: str, row: dict[str, Any]) -> UUID:
    """By which the rows of its table are ordered."""
    return UUID(row[TABLES[table][0]])


async def forget_author(tx: WriteTx, account_id: UUID, most: int) -> int:
    """Have at most so many notes about others not name this person any more; how many there were."""
    return await tx.execute(_WRITTEN, account_id, NOBODY, most)


async def forget_adder(tx: WriteTx, account_id: UUID, most: int) -> int:
    """Have at most so many members of groups not name this person any more; how many there were."""
    return await tx.execute(_ADDED, account_id, NOBODY, most)


async def forget(tx: WriteTx, account_id: UUID) -> None:
    """Delete the account, whose row is locked, with all that is theirs, and publish that it is gone."""
    sql = "update accounts set version = version + 1 where id = $1 returning version"
    version: int = await tx.value(sql, account_id)
    await outbox.publish(tx, "account", account_id, version, AccountErased(account_id=account_id))
    for statement in (
        f"delete from registrations where {_ADDRESSED}",
        f"delete from account_mails where {_MAILED}",
        f"delete from staff_invitations where {_ADDRESSED}",
        # Stored answers hold addresses of the address book (identity.addresses).
        "delete from idempotency where scope = 'addresses.create:' || $1::uuid",
        # Addresses, notes, memberships of groups, sessions, the second factor and exports go with it.
        "delete from accounts where id = $1",
    ):
        await tx.execute(statement, account_id)
