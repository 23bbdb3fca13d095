"""The 50 orders of the day: who buys what, where it goes, how it ends, and what happens to it afterwards.

Nothing is drawn: each run of the proof has the same day.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

Method = Literal["card", "bank_transfer", "cash"]
Ending = Literal["paid", "declined first", "declined", "abandoned", "given up"]
ORDERS, CUSTOMERS = 50, 5
CURRENCIES = ("EUR", "CHF")
# Orders that end unpaid, and one that pays with its second card, by number.
_ENDINGS: dict[int, Ending] = {
    **dict.fromkeys((7, 20, 33), "declined"),
    **dict.fromkeys((4, 17, 30, 43), "abandoned"),
    **dict.fromkeys((10, 35), "given up"),
    **dict.fromkeys((2, 13, 24, 36, 47), "declined first"),
}
_PLACES = {"EUR": ("DE", "AT", "FR", "DE", "CH"), "CHF": ("CH", "CH", "DE")}
_LOCALES = {"DE": "de-DE", "AT": "de-AT", "CH": "de-CH", "FR": "en"}
# A code for about every other order; `ONCE` stands for a drawn one, and nobody gave out `NOT-OURS`.
_CODES = (None, "TEN", None, "FIVE", None, "FREE-SHIPPING", None, "NOT-OURS", None, "ONCE")
# Businesses of other states of the EU than the shop's.
_VAT = {"AT": "ATU13585627", "FR": "FR40303265045"}
# What happens after the payment, by a function of `stories` each: the paid orders of each currency get them in turn.
STORIES = (
    *("sent", "returned", "refunded_by_line", "cancelled_whole", "refunded_by_two", "dispute_lost"),
    *("sent_in_two", "refunded_amount", "refunded_shipping", "refunded_in_dashboard", "dispute_won"),
    *("sent_anew", "cancelled_piece", "refunded_whole", "refund_failed", "return_refused", "dispute_accepted"),
    *("left", "return_withdrawn"),
)
Story = str
# Paid otherwise than by card, by number; and one order that costs nothing: its buyer fetches what a code gives.
_METHODS: dict[int, Method] = {**dict.fromkeys((12, 19, 35, 44, 45), "bank_transfer"), 48: "cash"}
_GIFT = 50
# Guests who rang: staff put their orders together.
_DRAFTED = (22, 31, 44)


class Wish(NamedTuple):
    """One order. `buyer`: a customer's name, or "" for a guest; `lines`: the article's place on the shelf, and pieces;
    `method`: which of the offered ways of shipping, the cheapest first; `story`: "" unless it is paid.
    """

    number: int
    buyer: str
    currency: str
    country: str
    locale: str
    lines: tuple[tuple[int, int], ...]
    code: str | None
    method: int
    vat_id: str | None
    ending: Ending
    story: Story
    payment: Method
    by_staff: bool

    @property
    def is_paid(self) -> bool:
        """Whether money is taken for it."""
        return self.ending in {"paid", "declined first"}


def wishes(articles: int) -> list[Wish]:
    """All of them, of a shelf with so many articles."""
    stories = {currency: iter([*STORIES, *["sent"] * ORDERS]) for currency in CURRENCIES}
    return [_wish(number, articles, stories) for number in range(1, ORDERS + 1)]


def _wish(number: int, articles: int, stories: dict[str, Iterator[Story]]) -> Wish:
    currency = CURRENCIES[number % 2]
    places = _PLACES[currency]
    country = places[number // 2 % len(places)]
    ending = _ENDINGS.get(number, "paid")
    paid = ending in {"paid", "declined first"}
    first = (number % articles, 2 + number % 2)
    more = (((number + 3) % articles, 1 + number % 3),) if number % 3 else ()
    return Wish(
        number=number,
        buyer=f"customer-{number // 3 % CUSTOMERS}" if number % 3 == 0 else "",
        currency=currency,
        country=country,
        locale=_LOCALES[country],
        lines=(first, *more),
        code="GIFT" if number == _GIFT else _CODES[number * 7 // 2 % len(_CODES)],
        method=0 if number == _GIFT else number % 3,
        vat_id=_VAT.get(country) if number % 4 == 0 else None,
        ending=ending,
        story=next(stories[currency]) if paid else "",
        payment=_METHODS.get(number, "card"),
        by_staff=number in _DRAFTED,
    )
