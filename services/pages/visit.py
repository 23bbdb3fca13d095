"""One look at a page: who the shop is, in which language and currency it is shown, how the catalog is read for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from babel import Locale

from chassis.problems import Problem
from chassis.values import Money
from pages.domain import addresses, prices
from pages.domain.addresses import Place
from pages.domain.answers import Card, Shop
from pages.domain.outcomes import Elsewhere, Gone
from pages.domain.site import Choice, Site, locale_of
from pages.provider.reads import Read, Reads
from pages.wording import Words

T = TypeVar("T")


@dataclass(frozen=True)
class Visit:
    """What a page is made from. `base` is the shop's address without a slash at its end; `query` is as it was sent."""

    place: Place
    query: str
    shop: Shop
    site: Site
    base: str
    reads: Reads

    @property
    def choice(self) -> Choice:
        """The language and the currency."""
        return self.place.choice

    @cached_property
    def t(self) -> Words:
        """Says a text in the page's language."""
        return Words(self.choice.language)

    @property
    def locale(self) -> Locale:
        """How prices and dates are written."""
        return locale_of(self.choice.language)

    @property
    def language(self) -> str:
        """What the catalog is told: nothing where texts are in the shop's own language."""
        return "" if self.choice.language == self.site.languages[0] else self.choice.language

    @property
    def currency(self) -> str:
        """What the catalog is told, whose own default may be another than the shop's first currency."""
        return self.choice.currency

    def address(self, path: str) -> str:
        """The address of a page in this language and currency."""
        return self.choice.prefix + path

    def whole(self, path: str) -> str:
        """The same with the shop's host."""
        return self.base + self.address(path)

    def price(self, money: Money) -> str:
        """A price as people read it."""
        return prices.written(money, self.locale)

    def picture(self, cards: Iterable[Card]) -> str:
        """The whole address of the first picture in a list; empty: it has none that is fetched."""
        # A drawing has no width either, and those whom this is for cannot show one.
        found = (each.image.url for each in cards if each.image and each.image.width)
        return next((addresses.whole(self.base, url) for url in found), "")

    async def read(self, path: str, into: type[T], **query: str) -> T:
        """An answer of the catalog. Raises as Reads.raw."""
        return await self.reads.get(Read("catalog", path, query), into)

    async def part(self, found: Awaitable[T], otherwise: T) -> T:
        """What a page can do without: in its place `otherwise` where it cannot be read."""
        try:
            return await found
        except (Problem, Gone, Elsewhere):
            return otherwise


@dataclass(frozen=True)
class Page:
    """What is shown: a template with its values, and what the head of the document says."""

    template: str
    title: str
    values: dict[str, Any] = field(default_factory=dict)
    page: str = ""
    """As `data-page` says it; empty: as the kind of the address."""
    description: str = ""
    query: str = ""
    """What belongs to the address of the page in other languages."""
    indexed: bool = True
    structured: list[dict[str, Any]] = field(default_factory=list)
    image: str = ""
    """Of what others show of the page; empty: the shop's logo."""
    data: bytes = b"{}"
    """JSON for the scripts of the page."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


async def together(*parts: Awaitable[Any]) -> list[Any]:
    """All of them at once. The first that fails is raised when all have ended: nothing goes on unseen."""
    # nosemgrep: gather-without-bound -- the parts of one page: four at most
    results = await asyncio.gather(*parts, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
