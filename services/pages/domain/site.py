"""The languages and currencies that the shop's pages are in, and which part of an address names them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec
from babel import Locale, UnknownLocaleError


class Choice(msgspec.Struct, frozen=True):
    """A language and a currency, and the prefix of addresses that names them: empty for the shop's first ones."""

    language: str
    currency: str
    prefix: str


class Site(msgspec.Struct, frozen=True):
    """All choices, the shop's first ones first; `prefixes` has every way to name one in an address, in lower case."""

    languages: tuple[str, ...]
    currencies: tuple[str, ...]
    choices: tuple[Choice, ...]
    prefixes: dict[str, Choice]

    @property
    def default(self) -> Choice:
        """The shop's first language and currency."""
        return self.choices[0]

    def of(self, language: str, currency: str) -> Choice:
        """The choice of these. Raises KeyError where the shop does not have them."""
        return self.prefixes[f"{language}-{currency}".lower()]


def site(languages: Sequence[str], currencies: Sequence[str]) -> Site:
    """The site of a shop that has these, the default first."""
    return _site(tuple(languages), tuple(currencies))


@lru_cache(maxsize=16)
def _site(languages: tuple[str, ...], currencies: tuple[str, ...]) -> Site:
    choices, prefixes = [], {}
    for language in languages:
        for currency in currencies:
            choice = Choice(language, currency, _prefix(language, currency, languages[0], currencies[0]))
            choices.append(choice)
            prefixes[f"{language}-{currency}".lower()] = choice
            if currency == currencies[0]:
                prefixes[language.lower()] = choice
    return Site(languages, currencies, tuple(choices), prefixes)


def _prefix(language: str, currency: str, first_language: str, first_currency: str) -> str:
    if currency != first_currency:
        return f"/{language}-{currency}".lower()
    return "" if language == first_language else f"/{language}".lower()


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """How a language writes prices and dates; English where that is not known."""
    for name in (language, language.partition("-")[0]):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


@lru_cache(maxsize=64)
def name_of(language: str) -> str:
    """A language's name in itself."""
    locale = locale_of(language)
    name = locale.get_display_name(locale) or language
    return name[:1].upper() + name[1:]
