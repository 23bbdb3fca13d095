"""What identity does after its database went back in time: no session and no mailed link of before is good any more.

A session that was ended since would be live again: by a person who signed out, by a reset password, by a theft that was
noticed. All that are there end, whatever moment is named: an operator knows it to the minute, and it may be that of
another database. Roles and passwords are those of that moment: who has a staff role is told to the operator.
"""

from __future__ import annotations

from datetime import datetime

from chassis.db import in_batches
from identity import registrations, store
from identity.context import IdentityContext

AT_ONCE = 500


async def after_restore(ctx: IdentityContext, _restored_to: datetime) -> list[str]:
    """End every session and registration that there is when it begins; lines for the operator."""
    async with ctx.db.read() as reading:
        begun: datetime = await reading.value("select now()")
    ended, found = 0, AT_ONCE
    while found == AT_ONCE:
        async with ctx.db.write() as tx:
            ids = await store.sessions_from_before(tx, begun, AT_ONCE)
            ended += await store.end_sessions(tx, ids, "restored")
        found = len(ids)
    await in_batches(ctx.db, lambda tx, most: registrations.delete_from_before(tx, begun, most), AT_ONCE)
    async with ctx.db.read() as reading:
        staff = await reading.value("select count(*) from accounts where roles <> '{customer}' and status = 'active'")
    return [
        f"{ended} sessions ended; links that were mailed before are not good any more.",
        f"{staff} accounts have a staff role again as at that moment: compare them with who should have one.",
    ]
