"""Erasures after a database went back in time: all that this one knows are done again, in every service."""

from __future__ import annotations

from uuid import UUID

from identity import store
from identity.context import IdentityContext
from identity.own_account import Kind, tell_if_possible
from identity.privacy.store import erasures
from identity.privacy.usecases.learn import enqueue_learning

_AT_ONCE = 200
_FIRST = UUID(int=0)


async def repeat_after_restore(ctx: IdentityContext) -> list[str]:
    """Have all that were done done again. Those that have not begun may have been undone since: their owners are told
    anew, and have all of their days again. Lines for the operator.
    """
    async with ctx.db.write() as tx:
        repeated = await erasures.repeat_all(tx)
    asked, after = 0, _FIRST
    while True:
        async with ctx.db.write() as tx:
            found = await erasures.ask_again(tx, after, _AT_ONCE)
            for each in found:
                account = await store.account(tx, each.account_id)
                if account is not None:
                    await tell_if_possible(ctx, tx, Kind.ERASURE_ASKED, account.email, account.id)
        asked += len(found)
        if len(found) < _AT_ONCE:
            break
        after = found[-1].id
    await enqueue_learning(ctx)
    return [
        f"{repeated} erasures are done again in every service; {asked} that had not begun have 7 days again.",
        "The lists of orders and payments are read once these run. Did they go back, too? Take the ids of the lines",
        "`account.erased` in the log since then: `.venv/bin/mercat admin erase-again`.",
    ]
