"""Exchange a refresh token for its child and a new access token."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from chassis import audit
from chassis.db import WriteTx
from chassis.sessions import revocations
from identity import audits, metrics, store
from identity.context import IdentityContext
from identity.domain import refresh
from identity.domain.proof import Proof
from identity.keys import SigningKeys
from identity.problems import SessionEnded
from identity.store import LockedSession
from identity.usecases.sign_in import Tokens, issue_tokens, lifetimes


async def refresh_session(ctx: IdentityContext, text: str | None) -> Tokens:
    """The child of a session's current token, or once more the child of its direct parent within the grace.

    Raises:
        SessionEnded: no such token, the session is over, or the token was used before: then all of it ends.
    """
    key = ctx.get(SigningKeys).encryption.refresh_key
    token = refresh.parse(key, text or "")
    if token is None:
        raise SessionEnded("Sign in again.")
    async with ctx.db.write() as tx:
        verdict, tokens = await _exchange(ctx, tx, key, token)
    # A refusal is raised after the transaction: ending a stolen session must be kept, not rolled back.
    if verdict == "reuse":
        await revocations.revoke(ctx, [token.session_id])
        ctx.log.warning("session.reuse", session_id=str(token.session_id))
    if tokens is None:
        raise SessionEnded("Sign in again.")
    return tokens


async def _exchange(
    ctx: IdentityContext, tx: WriteTx, key: bytes, token: refresh.RefreshToken
) -> tuple[refresh.Verdict, Tokens | None]:
    session = await store.lock_session(tx, token.session_id)
    if session is None:
        return "ended", None
    verdict = refresh.judge(token, session, timedelta(seconds=ctx.settings.refresh_grace_seconds))
    tx.after_commit(partial(metrics.REFRESHES.inc, verdict))
    if verdict == "reuse":
        await _end_stolen(tx, session)
    if verdict in {"reuse", "ended"}:
        return verdict, None
    account = await store.account(tx, session.account_id)
    if account is None or account.status != "active":
        return "ended", None
    if verdict == "rotate":
        child = refresh.make(key, session.id, session.generation + 1)
        await store.rotate(tx, session, child.hash, lifetimes(ctx.settings, staff=session.staff)[0])
    else:
        child = refresh.make(key, session.id, session.generation)
    return verdict, issue_tokens(
        ctx, account, child, staff=session.staff, proof=Proof(session.proved_at, session.second_factor)
    )


async def _end_stolen(tx: WriteTx, session: LockedSession) -> None:
    await store.end_sessions(tx, [session.id], "reuse")
    thing, after = audits.subject(session.account_id), {"session_id": session.id}
    await audit.record(tx, "session.refresh_token_reused", thing, outcome="failure", after=after)
