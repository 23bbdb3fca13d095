"""SQL of invitations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

LIFETIME_SECONDS = 7 * 86_400
_COLUMNS = "id, email, roles, invited_by, created_at, expires_at, mailed_at"


class Invitation(msgspec.Struct, frozen=True):
    """An open invitation that has not expired."""

    id: UUID
    email: str
    roles: list[str]
    invited_by: UUID
    created_at: datetime
    expires_at: datetime
    mailed_at: datetime | None


async def replace(tx: WriteTx, email: str, roles: list[str], invited_by: UUID) -> Invitation:
    """A new invitation of this address. Another one that is open ends."""
    await tx.execute("update staff_invitations set ended_at = now() where email = $1 and ended_at is null", email)
    sql = f"""
    insert into staff_invitations (email, roles, invited_by, expires_at)
    values ($1, $2, $3, now() + make_interval(secs => $4)) returning {_COLUMNS}
    """
    made = await tx.row(Invitation, sql, email, roles, invited_by, float(LIFETIME_SECONDS))
    assert made is not None  # noqa: S101 -- an insert returns its row
    return made


async def open_one(tx: ReadTx, invitation_id: UUID) -> Invitation | None:
    """The invitation with this id, if it is open."""
    sql = f"select {_COLUMNS} from staff_invitations where id = $1 and ended_at is null and expires_at > now()"
    return await tx.row(Invitation, sql, invitation_id)


async def open_of(tx: WriteTx, *, email: str = "", invitation_id: UUID | None = None) -> Invitation | None:
    """The open invitation of this address or with this id, its row locked until `tx` ends; None: there is none."""
    sql = f"""
    select {_COLUMNS} from staff_invitations
    where (email = $1 or id = $2) and ended_at is null and expires_at > statement_timestamp() for update
    """
    return await tx.row(Invitation, sql, email, invitation_id)


async def open_ones(tx: ReadTx, before: UUID | None, limit: int) -> list[Invitation]:
    """Newest first."""
    sql = f"""
    select {_COLUMNS} from staff_invitations
    where ended_at is null and expires_at > now() and ($1::uuid is null or id < $1) order by id desc limit $2
    """
    return await tx.rows(Invitation, sql, before, limit)


async def end(tx: WriteTx, invitation_id: UUID, *, accepted: bool) -> bool:
    """End it; whether it was open."""
    sql = """
    update staff_invitations set ended_at = statement_timestamp(), accepted = $2
    where id = $1 and ended_at is null and expires_at > statement_timestamp()
    """
    return await tx.execute(sql, invitation_id, accepted) == 1


async def mark_mailed(tx: WriteTx, invitation_id: UUID) -> None:
    """Mark its mail as sent."""
    await tx.execute("update staff_invitations set mailed_at = now() where id = $1", invitation_id)


async def end_from_before(tx: WriteTx, moment: datetime, most: int) -> int:
    """End at most so many open ones that were made by a moment; how many there were."""
    sql = """
    update staff_invitations set ended_at = now() where id = any(array(
        select id from staff_invitations where ended_at is null and created_at <= $1 limit $2 for update skip locked
    ))
    """
    return await tx.execute(sql, moment, most)


async def prune(tx: WriteTx, most: int) -> int:
    """Delete at most so many that ran out 30 days ago; the audit log keeps who invited whom."""
    sql = """
    delete from staff_invitations where id in (
        select id from staff_invitations where expires_at < now() - interval '30 days' order by expires_at limit $1
    )
    """
    return await tx.execute(sql, most)
