"""How the shop looks in mails, as its people have set it; and a mail about an order that looks so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.shop_profile import KeptShop, WordsOf
from orders.checkout import Order
from orders.context import OrdersContext
from orders.locales import LANGUAGES
from orders.mails.compose import compose, words_of
from orders.mails.domain.facts import Brand, MailFacts
from orders.shoppers import OrderTokens

_NOTHING = MailFacts()


def brand_of(shop: KeptShop) -> Brand:
    """The shop in its mails from now on."""
    look = shop.look
    return Brand(
        look.name,
        look.colour,
        look.logo_url or "",
        tuple(shop.seller.lines),
        look.language(LANGUAGES),
        look.time_zone,
    )


def sender_of(ctx: OrdersContext) -> str:
    """Whom the shop's mails come from."""
    return ctx.get(KeptShop).look.sender(ctx.settings.mail_from)


def mail_of(
    ctx: OrdersContext,
    order: Order,
    kind: str,
    *,
    asked_at: datetime | None = None,
    facts: MailFacts = _NOTHING,
    subject: UUID | None = None,
) -> bytes:
    """As `compose`, with what the shop, the settings and the order's token say."""
    shop = ctx.get(KeptShop)

    def in_words(words: WordsOf) -> bytes:
        return compose(
            order,
            kind,
            sender=sender_of(ctx),
            reply_to=shop.look.reply_to,
            public_url=ctx.settings.public_url,
            token=ctx.get(OrderTokens).known(order.id, order.token_hash),
            asked_at=asked_at,
            brand=brand_of(shop),
            facts=facts,
            subject=subject,
            words=words,
        )

    return shop.written(in_words, words_of)
