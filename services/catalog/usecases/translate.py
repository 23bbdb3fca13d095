"""Products in another language than the shop's own, as far as there are texts in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import msgspec

from catalog.context import CatalogContext
from catalog.domain.translations import option_names, option_values
from catalog.store import translations
from catalog.store.browse import Card
from catalog.store.pages import Product
from chassis.db import ReadTx

V = TypeVar("V", bound=msgspec.Struct)


async def translated(tx: ReadTx, product: Product, language: str) -> Product:
    """The product with its texts in the language."""
    texts = (await translations.texts_of(tx, "product", [product.id], language)).get(product.id)
    if texts is None:
        return product
    shown = [each for each in product.variants if each.active]
    values = option_values(product.options, [each.option_values for each in shown], texts)
    return replace(
        product,
        title=texts.title or product.title,
        description_html=texts.description_html or product.description_html,
        seo_title=texts.seo_title or product.seo_title,
        seo_description=texts.seo_description or product.seo_description,
        options=option_names(product.options, texts),
        variants=[
            msgspec.structs.replace(variant, option_values=own) for variant, own in zip(shown, values, strict=True)
        ],
    )


async def translated_cards(ctx: CatalogContext, cards: Sequence[Card], language: str | None) -> Sequence[Card]:
    """Products of a list with their titles in the language; None: as they are."""
    if language is None or not cards:
        return cards
    async with ctx.db.read() as tx:
        titles = await translations.titles_of(tx, "product", [each.id for each in cards], language)
    return [titled(each, titles.get(each.id)) for each in cards]


def titled(card: V, title: str | None) -> V:
    """The same with another title; None: as it is."""
    return card if title is None else msgspec.structs.replace(card, title=title)
