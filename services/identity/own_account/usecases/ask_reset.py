"""Ask for a new password. The answer and the work are the same whether or not the address has an account.

What differs is the mail, which a job writes after the answer.
"""

from __future__ import annotations

from chassis import audit
from identity import account_mails
from identity.account_mails import Kind
from identity.context import IdentityContext
from identity.own_account import metrics
from identity.own_account.store import mails
from identity.own_account.usecases import links


async def ask_reset(ctx: IdentityContext, email: str) -> None:
    """Have a link mailed to the address, unless its mailbox has had its most mails.

    Raises:
        ChangeNeedsMail: no mail server is set.
    """
    links.need_mail_server(ctx)
    async with ctx.db.write() as tx:
        made = await mails.insert_counted(tx, Kind.PASSWORD_RESET, email)
        if made is not None:
            await audit.record(tx, "password_reset.asked", f"mail:{made}")
            await ctx.jobs.enqueue(tx, account_mails.MAIL, account_mails.AccountMailJob(made))
    metrics.RESETS.inc("too many" if made is None else "accepted")
