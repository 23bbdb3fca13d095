"""Set the language of the mails to one's own account."""

from __future__ import annotations

from chassis import audit
from chassis.auth import Principal
from chassis.problems import NotFound
from identity import audits, languages
from identity.context import IdentityContext


async def set_language(ctx: IdentityContext, who: Principal, language: str | None) -> None:
    """None: the shop's first language. Raises NotFound: the account is gone."""
    async with ctx.db.write() as tx:
        if not await languages.set_language(tx, who.account_id, language):
            raise NotFound("This account is gone.")
        await audit.record(tx, "account.language_set", audits.subject(who.account_id), after={"language": language})
