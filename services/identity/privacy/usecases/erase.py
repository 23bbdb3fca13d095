"""Erase the accounts whose days to undo it are over, step by step; each step is safe to repeat.

First, while no money is open, the account is locked and its sessions end. Once no token of theirs can be valid, so that
nothing new is bought, each service erases its part, and identity the account itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis import audit
from chassis.db import in_batches
from chassis.resilience import failpoints
from chassis.sessions import revocations
from identity import audits, rights, store
from identity.context import IdentityContext
from identity.own_account import Kind, tell_if_possible
from identity.privacy import metrics
from identity.privacy.problems import ErasureBlocked
from identity.privacy.store import erasures, person
from identity.privacy.store.erasures import Erasure
from identity.privacy.usecases.farewell import mail_farewell
from identity.privacy.usecases.services import SERVICES, erase_at, open_reasons
from identity.problems import LastAdmin

AT_ONCE = 20
_NAMED_AT_ONCE = 500
_PAUSE = timedelta(hours=1)
# Beside the lifetime of a token: clocks that differ, and a request that began with it.
_SLACK_SECONDS = 180


async def erase_due(ctx: IdentityContext) -> None:
    """Go on with all that are due. One that fails stops no other, and is tried again later."""
    while True:
        async with ctx.db.write() as tx:
            claimed = await erasures.claim(tx, AT_ONCE)
        for erasure_id in claimed:
            try:
                await go_on(ctx, erasure_id)
            except Exception as error:  # noqa: BLE001 -- what fails is tried again; the others go on
                metrics.ERASURES.inc("failed")
                ctx.log.warning("erasure.failed", object_id=str(erasure_id), error=error)
        if len(claimed) < AT_ONCE:
            return


async def go_on(ctx: IdentityContext, erasure_id: UUID) -> None:
    """Take the next step of an erasure.

    Raises:
        chassis.problems.Unavailable, chassis.http.ServiceProblem: a service did not do its part.
    """
    async with ctx.db.read() as tx:
        found = await erasures.one(tx, erasure_id)
    if found is None:
        return  # undone
    try:
        if found.begun_at is None:
            await _begin(ctx, found)
        else:
            await _erase(ctx, found)
    except (ErasureBlocked, LastAdmin):
        await _wait(ctx, found)


async def _begin(ctx: IdentityContext, found: Erasure) -> None:
    if await open_reasons(ctx, found.account_id):
        raise ErasureBlocked
    ended: list[UUID] = []
    drained = timedelta(seconds=ctx.settings.access_token_seconds + _SLACK_SECONDS)
    async with ctx.db.write() as tx:
        await rights.lock_changes(tx)
        account = await store.lock_account(tx, found.account_id)
        if account is not None:
            await rights.refuse_last_admin(tx, account)
        if not await erasures.begin(tx, found.id, drained):
            return
        if account is not None:
            await store.set_rights(tx, account, status="disabled")
            ended = await rights.end_all_sessions(tx, account.id, "erased")
            if account.scopes:  # API keys of theirs end
                await rights.tell_changed(tx, [account.id])
        await audit.record(tx, "account.erasure_begun", audits.subject(found.account_id))
    metrics.ERASURES.inc("begun")
    await revocations.revoke(ctx, ended)


async def _erase(ctx: IdentityContext, found: Erasure) -> None:
    for service in SERVICES:
        await erase_at(ctx, service, found.account_id, found.id)
        await failpoints.point("identity.erased_elsewhere")
    await mail_farewell(ctx, found)
    await failpoints.point("identity.farewell_mailed")
    # Apart, and before: it locks rows of other accounts, which may be under erasure, too.
    whose = found.account_id
    await in_batches(ctx.db, lambda tx, most: person.forget_author(tx, whose, most), _NAMED_AT_ONCE)
    await in_batches(ctx.db, lambda tx, most: person.forget_adder(tx, whose, most), _NAMED_AT_ONCE)
    async with ctx.db.write() as tx:
        account = await store.lock_account(tx, found.account_id)
        if account is not None:
            await person.forget(tx, account.id)
        first = await erasures.end(tx, found.id)
        if first or account is not None:
            await audit.record(tx, "account.erased", audits.subject(found.account_id))
    metrics.ERASURES.inc("erased" if first else "repeated")
    # The log is kept apart from the database: after a restore it says who was erased since.
    ctx.log.info("account.erased", account_id=str(found.account_id))


async def _wait(ctx: IdentityContext, found: Erasure) -> None:
    """Go on in an hour. The person is told once that it waits; of one that is repeated nobody is left to be told."""
    async with ctx.db.write() as tx:
        account = await store.lock_account(tx, found.account_id)
        first = await erasures.wait(tx, found.id, _PAUSE)
        if first and account is not None:
            await tell_if_possible(ctx, tx, Kind.ERASURE_WAITS, account.email, account.id)
    metrics.ERASURES.inc("waits")
    waited = datetime.now(UTC) - found.due_at
    ctx.log.info("erasure.waits", object_id=str(found.id), days=waited.days)
