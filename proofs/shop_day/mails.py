"""Which mails came to each customer about each order."""

from __future__ import annotations

from collections import Counter, defaultdict

from proofs.shop_day.shop import Bought, Shop

# What the subject of each kind says beside the order's number.
_SUBJECTS = {
    "en": {
        "confirmation": "is paid",
        "cancelled": "was cancelled",
        "cancelled_by_shop": "We have cancelled",
        "payment_link": "waits for your payment",
        "shipped": "is on its way",
        "refunded": "given you money back",
        "return_received": "has arrived",
    },
    "de": {
        "confirmation": "ist bezahlt",
        "cancelled": "wurde storniert",
        "cancelled_by_shop": "Wir haben etwas",
        "payment_link": "wartet auf Ihre Zahlung",
        "shipped": "ist unterwegs",
        "refunded": "erstattet",
        "return_received": "ist angekommen",
    },
}
_PLACED = {"en": "Your order", "de": "Ihre Bestellung"}
# Approved and refused ones have one subject, and differ in what they say.
_RETURNS = {"en": "Your return of", "de": "Ihre Rücksendung zur"}


async def mail_complaints(shop: Shop) -> list[str]:
    """Orders about which other mails came than those that belong."""
    by_buyer: dict[str, list[Bought]] = defaultdict(list)
    for each in shop.bought:
        by_buyer[each.buyer.email].append(each)
    found = []
    for email, orders in by_buyer.items():
        mails = await shop.store.mails(email)
        for bought in orders:
            number, language = bought.order["number"], bought.wish.locale[:2]
            about = [mail["subject"] for mail in mails if number in mail["subject"]]
            came, expected = Counter(_kind(subject, language, number) for subject in about), _expected(bought)
            if came != expected:
                found.append(f"mails about {bought.name}: {dict(came)}, not {dict(expected)}")
    return found


def _expected(bought: Bought) -> Counter[str]:
    answers = {"return_approved", "return_refused"}
    expected = Counter[str]()
    for kind, times in bought.mails.items():
        if times:
            expected["return_answered" if kind in answers else kind] += times
    return expected


def _kind(subject: str, language: str, number: str) -> str:
    if subject == f"{_PLACED[language]} {number}":
        return "placed"
    for kind, words in _SUBJECTS[language].items():
        if words in subject:
            return kind
    return "return_answered" if _RETURNS[language] in subject else subject
