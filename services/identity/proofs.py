"""SQL of a person within a session who types the password again: what it is checked against, and what it leaves."""

from __future__ import annotations

from uuid import UUID

from chassis.db import ReadTx, WriteTx
from identity.domain.proof import Proof
from identity.store import CREDENTIALS, Credentials


async def credentials_of(tx: ReadTx, account_id: UUID) -> Credentials | None:
    """The account with this id, with the hash of its password."""
    return await tx.row(Credentials, f"{CREDENTIALS} where id = $1", account_id)


async def prove_session(tx: WriteTx, session_id: UUID, *, second_factor: bool) -> Proof:
    """Keep that the person of the locked session was proved at this moment, with a second factor or without."""
    sql = """
    update sessions set proved_at = statement_timestamp(), second_factor = second_factor or $2
    where id = $1 returning proved_at as at, second_factor
    """
    proof = await tx.row(Proof, sql, session_id, second_factor)
    assert proof is not None  # noqa: S101 -- its row is locked
    return proof
