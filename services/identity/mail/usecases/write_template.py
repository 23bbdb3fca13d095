"""Write the words of a mail about accounts, in place of the built-in ones."""

from __future__ import annotations

from chassis.shop_profile import MailTemplate, put_words
from identity.context import IdentityContext
from identity.mail.compose import rules_of, words_of


async def write_template(ctx: IdentityContext, kind: str, language: str, subject: str, body: str) -> MailTemplate:
    """Mails that are sent from now on have them. Raises Invalid: they name what there is not, or lack what it needs."""
    rules = rules_of(kind)
    rules.check(subject, body)
    async with ctx.db.write() as tx:
        own = await put_words(tx, kind, language, subject, body)
    return MailTemplate.of(kind, language, rules, own=own, built_in=words_of(kind, language))
