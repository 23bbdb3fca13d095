"""Put a second factor to use: its first code shows that the application has the secret."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.auth import Principal
from chassis.db import WriteTx
from chassis.sessions import revocations
from identity import audits, proofs, rights, store
from identity.account_mails import Kind, tell_if_possible
from identity.context import IdentityContext
from identity.keys import SigningKeys
from identity.second_factor import store as factors
from identity.second_factor.problems import NoSecondFactor, SecondFactorExists, WrongCode

_NEWER = "update accounts set session_version = session_version + 1 where id = $1"


async def confirm_factor(ctx: IdentityContext, who: Principal, code: str) -> list[str]:
    """The recovery codes, which are shown this once. The account's other sessions end: they began without a code. Its
    address is told. The access token that asks is of an older version now; its session goes on.

    Raises:
        NoSecondFactor: none was begun. SecondFactorExists: it was confirmed before. WrongCode.
        chassis.problems.Unauthenticated: the session is over.
    """
    async with ctx.db.write() as tx:
        account = await rights.authorise(tx, who)
        found = await factors.locked(tx, who.account_id)
        if found is None:
            raise NoSecondFactor("Begin first.")
        if found.confirmed:
            raise SecondFactorExists("It is in use.")
        verdict = await factors.check(tx, ctx.get(SigningKeys).encryption, who.account_id, code)
        codes, ended = await _put_to_use(ctx, tx, who) if verdict == "code" else ([], [])
        if codes:
            await tell_if_possible(ctx, tx, Kind.FACTOR_SET_UP, account.email, account.id)
    if not codes:
        raise WrongCode("Type the code that the application shows now.")
    await revocations.revoke(ctx, ended)
    return codes


async def _put_to_use(ctx: IdentityContext, tx: WriteTx, who: Principal) -> tuple[list[str], list[UUID]]:
    await factors.confirm(tx, who.account_id)
    await tx.execute(_NEWER, who.account_id)
    others = [each for each in await store.sessions_beyond(tx, who.account_id, 0) if each != who.session_id]
    await store.end_sessions(tx, others, "signed_out_elsewhere")
    await proofs.prove_session(tx, who.session_id, second_factor=True)
    await audit.record(tx, "second_factor.confirmed", audits.subject(who.account_id), after={"ended": len(others)})
    return await factors.replace_recovery_codes(tx, ctx.get(SigningKeys).encryption, who.account_id), others
