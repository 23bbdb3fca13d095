"""Ask for another address. The answer and the work are the same whether or not it has an account already.

What differs is the mail to the new address. Until the link in it is used, the account keeps its address.
"""

from __future__ import annotations

from chassis import audit
from chassis.auth import Principal
from identity import account_mails, audits, rights
from identity.account_mails import Kind
from identity.context import IdentityContext
from identity.own_account.store import mails
from identity.own_account.usecases import links
from identity.own_account.usecases.prove_password import prove_password

_ACTION = "account.email_change_asked"


async def ask_email_change(ctx: IdentityContext, who: Principal, email: str, password: str) -> None:
    """Have a link mailed to the new address, unless its mailbox has had its most mails; earlier ones are not good any
    more. The present address is taken, too: to prove that it is one's own.

    Raises:
        ChangeNeedsMail. WrongPassword. Busy. NotFound.
        chassis.problems.Unauthenticated: the session has ended meanwhile.
    """
    links.need_mail_server(ctx)
    await prove_password(ctx, who, password, _ACTION)
    async with ctx.db.write() as tx:
        account = await rights.authorise(tx, who)
        await mails.end_confirmations(tx, account.id)
        made = await mails.insert_counted(tx, Kind.EMAIL_CONFIRMATION, email, account.id)
        if made is not None:
            await ctx.jobs.enqueue(tx, account_mails.MAIL, account_mails.AccountMailJob(made))
        whose = audits.subject(account.id)
        await audit.record(tx, _ACTION, whose, outcome="limited" if made is None else "success")
