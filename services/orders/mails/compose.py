"""A mail about an order, in the order's language: the text of a template, and the same as HTML.

$lines, $pieces and $sums are tables in HTML (chassis/mail/letter.py). The built-in templates are files; the shop's
people may write others in their place.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

from chassis.mail import alternative
from chassis.mail.letter import Letterhead, Row, Words, Written, built_in
from chassis.mail.letter import write as write_letter
from chassis.shop_profile import WordsOf
from orders.checkout import Order
from orders.locales import language_of
from orders.mails.domain.blocks import line_rows, piece_rows, sum_rows, values_of
from orders.mails.domain.facts import Brand, MailFacts

_TEMPLATES = Path(__file__).parent / "templates"
_NOTHING, _SHOP = MailFacts(), Brand()


def words_of(kind: str, language: str) -> Words:
    """The built-in words of a mail."""
    folder = _TEMPLATES if language == "en" else _TEMPLATES / language
    return built_in(folder / f"{kind}.txt")


def compose(
    order: Order,
    kind: str,
    *,
    sender: str,
    reply_to: str | None = None,
    public_url: str,
    token: str | None = None,
    asked_at: datetime | None = None,
    brand: Brand = _SHOP,
    facts: MailFacts = _NOTHING,
    subject: UUID | None = None,
    words: WordsOf = words_of,
) -> bytes:
    """The mail of this kind, one of KINDS; "link" was asked for at a time. The same each time, Message-ID included.
    `token`: a guest's key to the order, which its link brings along. `subject`: what it is about, such as a parcel.

    Nobody is greeted by name: anybody may have ordered in the name of this address.
    """
    written = write(order, kind, public_url=public_url, token=token, brand=brand, facts=facts, words=words)
    of = asked_at or facts.at or order.paid_at or order.cancelled_at or order.placed_at
    parts = [str(order.id), kind, *([str(subject)] if subject else [])]
    return alternative(
        sender=sender,
        reply_to=reply_to,
        recipient=order.email,
        subject=written.subject,
        text=written.text,
        html=written.html,
        written=of,
        identity=".".join([*parts, *([str(int(asked_at.timestamp()))] if asked_at else [])]),
    )


def write(
    order: Order,
    kind: str,
    *,
    public_url: str,
    token: str | None,
    brand: Brand,
    facts: MailFacts,
    language: str = "",
    words: WordsOf = words_of,
) -> Written:
    """Subject, text and HTML. `language`: another one than the order's. Raises as chassis.mail.letter.write."""
    spoken = language or language_of(order.locale, brand.language)
    # A browser sends what follows the "#" to no server.
    link = f"{public_url.rstrip('/')}/orders/{order.id}{f'#token={token}' if token else ''}"
    values = values_of(order, facts, brand, spoken, link, token=bool(token))
    tables: dict[str, list[Row]] = {
        "lines": line_rows(order, spoken),
        "pieces": piece_rows(order, facts),
        "sums": sum_rows(order, spoken),
    }
    head = Letterhead(brand.name, brand.colour, brand.logo_url, (brand.name, *brand.address))
    return write_letter(words(kind, spoken), spoken, head, values, tables)
