"""Prove once more who one is, within a session: sensitive acts ask for it (chassis.auth.step_up)."""

from __future__ import annotations

import msgspec

from chassis import audit
from chassis.auth import Principal
from identity import audits, metrics, proofs, rights
from identity.context import IdentityContext
from identity.hashing import PasswordHasher
from identity.keys import SigningKeys
from identity.problems import InvalidCredentials
from identity.second_factor import RIGHT, check
from identity.usecases.sign_in import count_wrong_code, issue_access_token, refuse_missing_code


class Proved(msgspec.Struct, frozen=True):
    """The session's next access token."""

    access_token: str


async def step_up(ctx: IdentityContext, who: Principal, password: str, code: str | None, *, network: str) -> Proved:
    """An access token that tells that the person was proved now; so do those of later refreshes.

    Raises:
        InvalidCredentials: the password is wrong. Busy.
        SecondFactorRequired, WrongCode: the password is right.
        chassis.problems.Unauthenticated: the session is over, or the account is locked.
    """
    async with ctx.db.read() as tx:
        owner = await proofs.credentials_of(tx, who.account_id)
    right = await ctx.get(PasswordHasher).verify(owner.password_hash if owner else None, password, reserved=True)
    if owner is None or not right:
        metrics.STEP_UPS.inc("failure")
        await audits.failed(ctx, who.account_id, network, "session.proved")
        raise InvalidCredentials("Type the password of this account.")
    if owner.second_factor and code is None:
        await refuse_missing_code(ctx, who.account_id, network, "session.proved")
    access_token = await _prove(ctx, who, code if owner.second_factor else None)
    if access_token is None:
        await count_wrong_code(ctx, who.account_id, network, "session.proved")
    metrics.STEP_UPS.inc("success")
    return Proved(access_token)


async def _prove(ctx: IdentityContext, who: Principal, code: str | None) -> str | None:
    """The next access token, after the code of the account's second factor; None where the code is wrong."""
    encryption = ctx.get(SigningKeys).encryption
    async with ctx.db.write() as tx:
        account = await rights.authorise(tx, who)
        if code is not None and await check(tx, encryption, who.account_id, code) not in RIGHT:
            return None
        # A password or a factor that changed while this one was verified has ended the session or its token:
        # `authorise` saw it.
        proof = await proofs.prove_session(tx, who.session_id, second_factor=code is not None)
        await audit.record(tx, "session.proved", audits.subject(who.account_id))
    return issue_access_token(ctx, account, who.session_id, proof)
