"""List the words of all mails, in each language."""

from __future__ import annotations

from chassis.shop_profile import MailTemplate, own_words
from orders.context import OrdersContext
from orders.locales import LANGUAGES
from orders.mails.compose import words_of
from orders.mails.domain.blocks import rules_of
from orders.mails.domain.facts import KINDS


async def list_templates(ctx: OrdersContext) -> list[MailTemplate]:
    """Those of the shop's people, else the built-in ones."""
    async with ctx.db.read() as tx:
        own = {(each.kind, each.language): each for each in await own_words(tx)}
    return [
        MailTemplate.of(
            kind, language, rules_of(kind), own=own.get((kind, language)), built_in=words_of(kind, language)
        )
        for kind in KINDS
        for language in LANGUAGES
    ]
