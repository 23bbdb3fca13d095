"""Texts in another language than the shop's own: which language fits, and what is shown of a translation."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

# As the settings of the shop have them.
LANGUAGE = "^[a-z]{2}(-[A-Z]{2})?$"
# Translations of one product, collection or category; the shop has no more languages.
MOST = 20


class OptionWords(msgspec.Struct, frozen=True):
    """An option of a product in another language: its name, and its values. What is not there is shown as it is."""

    name: str | None = None
    values: dict[str, str] = {}


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown in another language; None: as in the shop's own."""

    title: str | None = None
    description_html: str | None = None
    seo_title: str | None = None
    seo_description: str | None = None
    options: dict[str, OptionWords] = {}


def fitting(language: str) -> list[str]:
    """The languages whose texts may be shown to who asks for this one, the best first: `de-AT`, `de`."""
    whole, base = language, language.partition("-")[0]
    return [whole] if whole == base else [whole, base]


def merged(found: Sequence[Texts]) -> Texts:
    """One of several, the best first: each field of the first that has it."""
    own = {
        name: next((value for each in found if (value := getattr(each, name)) is not None), None)
        for name in ("title", "description_html", "seo_title", "seo_description")
    }
    options = {name: words for each in reversed(found) for name, words in each.options.items()}
    return Texts(**own, options=options)


def option_names(options: Sequence[str], texts: Texts) -> list[str]:
    """The names of a product's options, translated; as they are where two would be the same."""
    shown = [_words(texts, name).name or name for name in options]
    return shown if len(set(shown)) == len(shown) else list(options)


def option_values(options: Sequence[str], variants: Sequence[Sequence[str]], texts: Texts) -> list[list[str]]:
    """The values of each variant, translated. An option of which two values would be the same keeps its own."""
    columns = []
    for place, values in enumerate(zip(*variants, strict=True) if options else ()):
        known = _words(texts, options[place]).values
        shown = [known.get(value, value) for value in values]
        columns.append(shown if len(set(shown)) == len(set(values)) else values)
    return [list(row) for row in zip(*columns, strict=True)] if columns else [list(each) for each in variants]


def _words(texts: Texts, option: str) -> OptionWords:
    return texts.options.get(option, OptionWords())
