"""Ask for the erasure of an account: by its owner, or by staff for them. It takes effect after some days."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.auth import Principal
from chassis.db import WriteTx
from identity import audits, rights
from identity.context import IdentityContext
from identity.own_account import Kind, tell_if_possible
from identity.privacy import metrics
from identity.privacy.problems import ErasureBlocked
from identity.privacy.store import erasures
from identity.privacy.store.erasures import Erasure
from identity.privacy.usecases.services import open_reasons
from identity.problems import ErasureBegun, OwnStatus
from identity.store import Account

_ACTION = "account.erasure_asked"


async def ask_own_erasure(ctx: IdentityContext, who: Principal) -> Erasure:
    """The erasure of one's own account; the one that there is, if it was asked for before.

    Raises:
        ErasureBlocked. LastAdmin.
        chassis.problems.Unauthenticated: the session has ended meanwhile.
        chassis.problems.Unavailable: a service did not answer whether money is open.
    """
    await _refuse_open(ctx, who.account_id)
    async with ctx.db.write() as tx:
        await rights.lock_changes(tx)
        account = await rights.authorise(tx, who)
        await rights.refuse_last_admin(tx, account)
        return await _insert(ctx, tx, account, who)


async def ask_anothers_erasure(ctx: IdentityContext, who: Principal, account_id: UUID) -> Erasure:
    """The erasure of somebody's account, which they asked the shop for.

    Raises:
        OwnStatus. ErasureBegun. ErasureBlocked. LastAdmin. NotFound.
        chassis.problems.Unauthenticated, Forbidden: the actor's session or rights have ended meanwhile.
        chassis.problems.Unavailable: a service did not answer whether money is open.
    """
    if who.account_id == account_id:
        raise OwnStatus("Ask for the erasure of your own account by /api/v1/accounts/me/erasure.")
    await _refuse_open(ctx, account_id)
    async with ctx.db.write() as tx:
        account = await rights.lock_target(tx, who, account_id, status="disabled")
        found = await _insert(ctx, tx, account, who)
    if found.begun_at is not None:
        raise ErasureBegun("It cannot be undone any more.")
    return found


async def _refuse_open(ctx: IdentityContext, account_id: UUID) -> None:
    reasons = await open_reasons(ctx, account_id)
    if reasons:
        metrics.ERASURES.inc("waits")
        raise ErasureBlocked("Ask again once this is settled: " + "; ".join(reasons), reasons=reasons)


async def _insert(ctx: IdentityContext, tx: WriteTx, account: Account, who: Principal) -> Erasure:
    made = await erasures.insert(tx, account.id, who.account_id)
    if made is None:
        known = await erasures.of_account(tx, account.id)
        assert known is not None  # noqa: S101 -- the account's row is locked, under which alone it is deleted
        return known
    await tell_if_possible(ctx, tx, Kind.ERASURE_ASKED, account.email, account.id)
    await audit.record(tx, _ACTION, audits.subject(account.id), after={"due_at": made.due_at})
    metrics.ERASURES.inc("asked")
    return made
