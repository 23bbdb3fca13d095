"""SQL of second factors, and the check of a code."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from identity.keys import KeyEncryption
from identity.second_factor.domain import recovery, totp

# Those that let somebody in.
RIGHT = ("code", "recovery code")
Checked = Literal["code", "recovery code", "wrong", "blocked"]


class Factor(msgspec.Struct, frozen=True):
    """A second factor; `now` is the database's time."""

    secret: bytes
    confirmed: bool
    last_step: int
    failures: int
    blocked: bool
    now: datetime


class State(msgspec.Struct, frozen=True):
    """What the owner sees of a factor that is in use."""

    confirmed_at: datetime
    recovery_codes_left: int


async def locked(tx: WriteTx, account_id: UUID) -> Factor | None:
    """The account's factor, its row locked until `tx` ends. The account's row is locked before it."""
    sql = """
    select secret, confirmed_at is not null as confirmed, last_step, failures,
           coalesce(blocked_until > statement_timestamp(), false) as blocked, statement_timestamp() as now
    from second_factors where account_id = $1 for update
    """
    return await tx.row(Factor, sql, account_id)


async def state(tx: ReadTx, account_id: UUID) -> State | None:
    """The account's factor, if it is in use."""
    sql = """
    select confirmed_at, (
        select count(*) from recovery_codes codes where codes.account_id = $1 and used_at is null
    ) as recovery_codes_left
    from second_factors where account_id = $1 and confirmed_at is not null
    """
    return await tx.row(State, sql, account_id)


async def begin(tx: WriteTx, account_id: UUID, secret: bytes) -> bool:
    """Keep a secret that is not confirmed, in place of another such one; False where one is in use."""
    sql = """
    insert into second_factors (account_id, secret) values ($1, $2)
    on conflict (account_id) do update
    set secret = excluded.secret, created_at = now(), last_step = 0, failures = 0, blocked_until = null
    where second_factors.confirmed_at is null
    """
    return await tx.execute(sql, account_id, secret) == 1


async def check(tx: WriteTx, encryption: KeyEncryption, account_id: UUID, code: str) -> Checked:
    """Use a code of the application, or a recovery code, once. A wrong one is counted: `tx` has to be committed."""
    factor = await locked(tx, account_id)
    typed = recovery.plain(code)
    if len(typed) == recovery.LENGTH:
        return "recovery code" if await _use_recovery_code(tx, encryption, account_id, typed) else "wrong"
    if factor is None:
        return "wrong"
    if factor.blocked:
        return "blocked"
    secret = encryption.open_bytes(factor.secret, _name(account_id))
    step = totp.step_of(secret, typed, factor.now.timestamp(), factor.last_step)
    if step is None:
        await _count_failure(tx, account_id, factor.failures + 1)
        return "wrong"
    sql = "update second_factors set last_step = $2, failures = 0, blocked_until = null where account_id = $1"
    await tx.execute(sql, account_id, step)
    return "code"


def seal(encryption: KeyEncryption, account_id: UUID, secret: bytes) -> bytes:
    """The secret, encrypted and bound to its account."""
    return encryption.seal_bytes(secret, _name(account_id))


async def confirm(tx: WriteTx, account_id: UUID) -> None:
    """From now on sign-ins ask for a code."""
    await tx.execute("update second_factors set confirmed_at = statement_timestamp() where account_id = $1", account_id)


async def replace_recovery_codes(tx: WriteTx, encryption: KeyEncryption, account_id: UUID) -> list[str]:
    """New recovery codes of the locked factor; those of before are good no more."""
    codes = recovery.draw()
    await tx.execute("delete from recovery_codes where account_id = $1", account_id)
    hashes = [recovery.hashed(encryption.recovery_key, str(account_id), code) for code in codes]
    await tx.execute(
        "insert into recovery_codes (account_id, code_hash) select $1, unnest($2::bytea[])", account_id, hashes
    )
    return codes


async def delete(tx: WriteTx, account_id: UUID) -> bool:
    """Delete the factor with its recovery codes; no session of the account has shown one any more."""
    await tx.execute("update sessions set second_factor = false where account_id = $1 and ended_at is null", account_id)
    return await tx.execute("delete from second_factors where account_id = $1", account_id) == 1


async def delete_younger(tx: WriteTx, account_id: UUID, moment: datetime) -> bool:
    """As `delete`, unless the factor was in use before this moment; whether there was such a one."""
    sql = "select true from second_factors where account_id = $1 and coalesce(confirmed_at >= $2, true) for update"
    return bool(await tx.value(sql, account_id, moment)) and await delete(tx, account_id)


async def _use_recovery_code(tx: WriteTx, encryption: KeyEncryption, account_id: UUID, code: str) -> bool:
    sql = """
    update recovery_codes set used_at = statement_timestamp()
    where account_id = $1 and code_hash = $2 and used_at is null
    """
    return await tx.execute(sql, account_id, recovery.hashed(encryption.recovery_key, str(account_id), code)) == 1


async def _count_failure(tx: WriteTx, account_id: UUID, failures: int) -> None:
    minutes = totp.wait_minutes(failures)
    sql = """
    update second_factors
    set failures = $2, blocked_until = statement_timestamp() + make_interval(mins => $3) where account_id = $1
    """
    await tx.execute(sql, account_id, failures, minutes)


def _name(account_id: UUID) -> str:
    return f"second factor of {account_id}"
