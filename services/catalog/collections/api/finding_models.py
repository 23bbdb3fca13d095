"""Answers about facets, suggestions and related products."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from catalog.api.schemas.public import Name, Price, ProductCard, Slug, card, money
from catalog.collections.store.facets import Facets, Value
from catalog.collections.usecases.suggest import Suggested
from chassis.web import Currency, Model, MoneyModel


class FacetQuery(Model):
    """The filters of a list of products."""

    type: Name | None = Field(default=None, description="Exactly this product type", examples=["Pendulum"])
    vendor: Name | None = Field(default=None, description="Exactly this vendor")
    tag: Name | None = Field(default=None, description="Has exactly this tag")
    min_price: Price | None = Field(default=None, description="Has a variant at this price or above, in minor units")
    max_price: Price | None = Field(default=None, description="Has a variant at this price or below, in minor units")
    in_stock: bool | None = Field(default=None, description="Whether at least one variant can be ordered")
    category: Slug | None = Field(default=None, description="In this category, or below it", examples=["prints"])
    collection: Slug | None = Field(default=None, description="In this collection", examples=["warm-lines"])
    currency: Currency | None = Field(
        default=None, description="Of the prices, one that the shop sells in; its default if not given"
    )


class FacetValue(Model):
    """A value to filter by."""

    value: str = Field(description="Pass it as the filter", examples=["warm"])
    products: int = Field(description="How many would be listed", examples=[5])


class FacetCounts(Model):
    """What a list can be narrowed by. Each is counted with all filters but its own."""

    products: int = Field(description="How many all filters together let through", examples=[12])
    types: list[FacetValue] = Field(description="The 50 with the most products")
    vendors: list[FacetValue] = Field(description="The 50 with the most products")
    tags: list[FacetValue] = Field(description="The 50 with the most products")
    in_stock: int = Field(description="How many can be ordered", examples=[10])
    out_of_stock: int = Field(description="How many cannot be ordered", examples=[2])
    lowest_price: MoneyModel | None = Field(description="Of the cheapest variant; null where there is no product")
    highest_price: MoneyModel | None = Field(description="Of the dearest variant; null where there is no product")


def facet_counts(found: Facets, currency: str) -> dict[str, Any]:
    """A FacetCounts as JSON values."""
    values: dict[str, list[Value]] = {"types": found.types, "vendors": found.vendors, "tags": found.tags}
    return {
        "products": found.products,
        **values,
        "in_stock": found.in_stock,
        "out_of_stock": found.out_of_stock,
        "lowest_price": money(found.lowest, currency),
        "highest_price": money(found.highest, currency),
    }


class NamedLink(Model):
    """A collection or a category."""

    slug: Slug
    title: str = Field(examples=["Warm lines"])


class Suggestions(Model):
    """What somebody may mean who types."""

    products: list[ProductCard] = Field(description="At most 6, newest first")
    collections: list[NamedLink] = Field(description="At most 3")
    categories: list[NamedLink] = Field(description="At most 3")


def suggestions(found: Suggested, currency: str) -> dict[str, Any]:
    """A Suggestions as JSON values."""
    products = [card(each, currency) for each in found.products]
    return {"products": products, "collections": found.collections, "categories": found.categories}


class ProductCards(Model):
    """Products in the order to show them."""

    items: list[ProductCard]


class RelatedProducts(Model):
    """Products that staff chose to be shown beside another, in their order."""

    product_ids: list[UUID] = Field(
        max_length=20, description="At most 20", examples=[["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c05"]]
    )
