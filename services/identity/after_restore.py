"""What identity does after its database went back in time: no session and no mailed link of before is good any more.

A session that was ended since would be live again: by a person who signed out, by a reset password, by a theft that was
noticed. All that are there end, whatever moment is named: an operator knows it to the minute, and it may be that of
another database. Erasures are done again (identity.privacy). Roles and passwords are those of that moment: who has a
staff role is told to the operator.
"""

from __future__ import annotations

from datetime import datetime

from chassis.db import in_batches
from identity import invitations, own_account, privacy, registrations
from identity.context import IdentityContext
from identity.sign_out import AT_ONCE, end_all


async def after_restore(ctx: IdentityContext, _restored_to: datetime) -> list[str]:
    """End all sessions, registrations, invitations and mailed links that there are by then; lines for operators."""
    async with ctx.db.read() as reading:
        begun: datetime = await reading.value("select now()")
    ended = await end_all(ctx.db, "restored")
    await in_batches(ctx.db, lambda tx, most: registrations.delete_from_before(tx, begun, most), AT_ONCE)
    await in_batches(ctx.db, lambda tx, most: own_account.delete_from_before(tx, begun, most), AT_ONCE)
    await in_batches(ctx.db, lambda tx, most: invitations.end_from_before(tx, begun, most), AT_ONCE)
    repeated = await privacy.repeat_after_restore(ctx)
    async with ctx.db.read() as reading:
        staff = await reading.value("select count(*) from accounts where roles <> '{customer}' and status = 'active'")
    return [
        f"{ended} sessions ended; links that were mailed before are not good any more.",
        f"{staff} accounts have a staff role again as at that moment: compare them with who should have one.",
        "Was a signing key withdrawn since? Withdraw it again: `.venv/bin/mercat admin rotate-keys --at-once --yes`.",
        *repeated,
    ]
