"""A mail as a customer would get it, about an order that nobody has placed."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from chassis.mail.letter import Words, Written
from chassis.shop_profile import KeptShop, WordsOf
from orders.checkout import Order, StoredLine
from orders.context import OrdersContext
from orders.mails.brand import brand_of
from orders.mails.compose import words_of, write
from orders.mails.domain.blocks import rules_of
from orders.mails.domain.facts import MailFacts

_WHEN = datetime(2026, 11, 29, 12, tzinfo=UTC)
_LINES = [
    StoredLine(1, UUID(int=1), "TIDE-A3", "Tide", "A3 / oak", "tide", None, 4900, 2, 9800, tax=1565, tax_rate=190_000),
    StoredLine(
        2,
        UUID(int=2),
        "FIFTH-A2",
        "Perfect fifth",
        "A2",
        "fifth",
        None,
        7900,
        1,
        7900,
        discount=790,
        tax=1135,
        tax_rate=190_000,
        charged=7110,
    ),
]
_ORDER = Order(
    id=UUID(int=0),
    number="M-7F3K9Q",
    account_id=None,
    token_hash=None,
    email="ada@example.com",
    shipping_address={
        "name": "Ada Lovelace",
        "line1": "12 St James's Square",
        "city": "London",
        "postal_code": "SW1Y 4LE",
        "country": "GB",
    },
    currency="EUR",
    subtotal=17_700,
    discount=790,
    shipping=590,
    shipping_charged=590,
    shipping_tax=94,
    shipping_tax_rate=190_000,
    tax=2794,
    total=17_500,
    status="paid",
    payment="captured",
    stock="committed",
    cancel_reason=None,
    attention=None,
    version=5,
    placed_at=_WHEN,
    expires_at=_WHEN,
    paid_at=_WHEN,
    cancelled_at=None,
    expired=False,
    lines=_LINES,
)
_FACTS = MailFacts(
    pieces=((1, 1), (2, 1)),
    amount=4900,
    note="…",
    carrier="DHL",
    tracking_number="00340434161094000000",
    tracking_url="https://tracking.example.com/00340434161094000000",
    until=_WHEN,
    at=_WHEN,
)


def preview_mail(ctx: OrdersContext, kind: str, language: str | None, wanted: Words | None = None) -> Written:
    """Of one of KINDS, with this shop's name, colour and logo; in its own language unless another is named.

    `wanted`: these words, which are not stored. Raises Invalid: they do not fit this mail.
    """
    shop = ctx.get(KeptShop)
    brand = brand_of(shop)

    def in_words(words: WordsOf) -> Written:
        return write(
            _ORDER,
            kind,
            public_url=ctx.settings.public_url,
            token="…",  # noqa: S106 -- in place of one
            brand=brand,
            facts=_FACTS,
            language=language or brand.language,
            words=words,
        )

    if wanted is None:
        return shop.written(in_words, words_of)
    rules_of(kind).check(wanted.subject, wanted.body)
    return in_words(lambda _kind, _language: wanted)
