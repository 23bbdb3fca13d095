"""The parts of a mail that are made of the order: rows of lines and sums, addresses, tracking."""

from __future__ import annotations

import re
import unicodedata

from chassis.mail.letter import Row
from chassis.shop_profile import Rules
from chassis.web import is_link
from orders.addresses import lines_of
from orders.checkout import Order, StoredLine
from orders.locales import day, money
from orders.mails.domain.facts import Brand, MailFacts
from orders.mails.domain.words import REASONS, WORDS
from orders.payment_methods import is_manual

_TRACKING = re.compile(r"https://[^\s\"'<>\\]{1,500}")
# What templates may name; those of a line may stand in a subject, and tables stand alone in a paragraph.
SHORT = frozenset({"number", "amount"})
NAMES = SHORT | {"reason", "given_back", "until", "note", "pay", "tracking", "address", "link", "keep"}
TABLES = frozenset({"lines", "pieces", "sums"})
# Without these a mail is of no use.
_NEEDED = {"link": {"link"}, "payment_link": {"link", "pay"}, "placed": {"pay"}, "email_new": {"link"}}
LONGEST, LONGEST_INSTRUCTIONS = 1_000, 2_000


def rules_of(kind: str) -> Rules:
    """What a template of this kind of mail may and must name."""
    return Rules(NAMES, SHORT, TABLES, frozenset(_NEEDED.get(kind, ())))


def line_rows(order: Order, language: str) -> list[Row]:
    """All that was ordered, at the listed prices."""
    return [(f"{line.quantity} x {_title(line)}", money(line.total, order.currency, language)) for line in order.lines]


def piece_rows(order: Order, facts: MailFacts) -> list[Row]:
    """The pieces that the mail is about."""
    by_position = {line.position: line for line in order.lines}
    return [(f"{count} x {_title(by_position[at])}", "") for at, count in facts.pieces if count and at in by_position]


def sum_rows(order: Order, language: str) -> list[Row]:
    """What the total is made of, as far as there is anything of it; the total last but for the tax in it."""
    words = WORDS[language]
    shipping = order.shipping if order.requires_shipping or order.shipping else None
    parts = [
        ("subtotal", order.subtotal),
        ("discount", -order.discount or None),
        ("shipping", shipping),
        ("discount", -order.shipping_discount or None),
        ("tax_relief", -order.tax_relief or None),
        ("tax_added", order.tax_added or None),
        ("rounding", order.rounding or None),
        ("total", order.total),
        ("tax_in", order.tax if order.tax and order.tax_included else None),
    ]
    return [(words[name], money(amount, order.currency, language)) for name, amount in parts if amount is not None]


def values_of(order: Order, facts: MailFacts, brand: Brand, language: str, link: str, *, token: bool) -> dict[str, str]:
    """The words of a template that stand within its sentences or are paragraphs of their own; empty: left out."""
    words = WORDS[language]
    amount = "" if facts.amount is None else money(facts.amount, order.currency, language)
    until = words["until"].format(day=day(facts.until, language, brand.time_zone)) if facts.until else ""
    here = "sign_in" if order.account_id else "this_browser"
    return {
        "number": order.number,
        "reason": REASONS[language].get(order.cancel_reason or "", REASONS[language][""]),
        "amount": amount,
        "given_back": words["given_back"].format(amount=amount) if facts.amount else "",
        "until": until,
        "note": _typed(facts.note or "", LONGEST),
        "pay": "\n".join(_how_to_pay(order, facts, brand, language)),
        "tracking": "\n".join(_tracking(facts, language)),
        "address": "\n".join(_address(order, language)),
        "link": link,
        "keep": words["keep" if token else here],
    }


def _title(line: StoredLine) -> str:
    return f"{line.title} ({line.variant_title})" if line.variant_title else line.title


def _tracking(facts: MailFacts, language: str) -> list[str]:
    """An address that is none of a page over TLS is left out."""
    words, url = WORDS[language], facts.tracking_url or ""
    carrier = words["tracking"].format(carrier=_shown(facts.carrier)) if facts.carrier else ""
    number = words["number"].format(number=_shown(facts.tracking_number)) if facts.tracking_number else ""
    follow = [words["follow"], url] if _TRACKING.fullmatch(url) else []
    return [line for line in (carrier, number, *follow) if line]


def _address(order: Order, language: str) -> list[str]:
    given = order.shipping_address
    if not given:
        return [WORDS[language]["not_shipped"]]
    rows = [given["name"], *lines_of(given), given["country"]]  # debt(country-codes): its code, not its name
    return [WORDS[language]["goes_to"], *(_shown(row) for row in rows)]


def _how_to_pay(order: Order, facts: MailFacts, brand: Brand, language: str) -> list[str]:
    """By bank transfer or in cash: how much, until when, with which reference, and what the shop says to it."""
    words = WORDS[language]
    if not is_manual(order.payment_method):
        return []
    told = words[f"pay_{order.payment_method}"].format(
        amount=money(order.total, order.currency, language),
        day=day(order.expires_at, language, brand.time_zone),
        number=order.number,
    )
    own = _typed(facts.instructions or "", LONGEST_INSTRUCTIONS)
    return [told, own] if own else [told]


def _typed(text: str, longest: int) -> str:
    """Words of staff, with their lines."""
    lines = (_seen(line).strip() for line in text[:longest].splitlines())
    return "\n".join(line for line in lines if line)


def _shown(typed: str) -> str:
    """Typed text without invisible characters, changed so that no mail program makes a link of it."""
    seen = _seen(typed)
    return seen.replace("://", " ").replace(".", ". ") if is_link(seen) else seen


def _seen(typed: str) -> str:
    return "".join(letter for letter in typed if unicodedata.category(letter)[0] != "C")
