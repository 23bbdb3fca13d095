"""Write the words of a mail, in place of the built-in ones."""

from __future__ import annotations

from chassis.shop_profile import MailTemplate, put_words
from orders.context import OrdersContext
from orders.mails.compose import words_of
from orders.mails.domain.blocks import rules_of


async def write_template(ctx: OrdersContext, kind: str, language: str, subject: str, body: str) -> MailTemplate:
    """Mails that are sent from now on have them. Raises Invalid: they name what there is not, or lack what it needs."""
    rules = rules_of(kind)
    rules.check(subject, body)
    async with ctx.db.write() as tx:
        own = await put_words(tx, kind, language, subject, body)
    return MailTemplate.of(kind, language, rules, own=own, built_in=words_of(kind, language))
