"""Bodies of requests and answers about collections."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from catalog.api.schemas.public import Name, Slug
from catalog.collections.domain import rules
from catalog.collections.store.collections import Collection, Fields
from catalog.collections.usecases.read_collections import Whole
from catalog.domain.products import ProductStatus
from chassis.web import Model, MoneyModel, Text, VisibleSingleLine

Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1, description="As it was read", examples=[1])]
Title = Annotated[VisibleSingleLine, Field(max_length=200, description="For people", examples=["Warm lines"])]
Description = Annotated[
    Text | Literal[""], Field(description="What is not allowed in it is taken out", examples=["<p>For winter.</p>"])
]


class Condition(Model):
    """One thing that a product must be. Of a price `price` counts, of all else `value`."""

    about: rules.About = Field(description="Which of its fields", examples=["tag"])
    relation: rules.Relation = Field(
        description="How it compares: of tag, vendor and type `is` or `is_not`; of title `contains` or `begins_with`, "
        "in any case, with or without accents; of price `at_least` (its dearest variant) or `at_most` (its cheapest); "
        "of stock `is`",
        examples=["is"],
    )
    value: Name | None = Field(default=None, description="Of stock `in_stock` or `out_of_stock`", examples=["warm"])
    price: MoneyModel | None = Field(
        default=None, description="What its price is compared with, in this currency", examples=[None]
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        wrong = rules.fault(self.about, self.relation, self.value, priced=self.price is not None)
        if wrong is not None:
            raise PydanticCustomError("condition", "{wrong}", {"wrong": wrong})
        return self

    @property
    def meant(self) -> rules.Condition:
        """As the rules have it."""
        if self.price is None:
            return rules.Condition(self.about, self.relation, self.value or "")
        amount, currency = self.price.amount, self.price.currency
        return rules.Condition(self.about, self.relation, amount=amount, currency=currency)


class Rule(Model):
    """What the products of a collection must be."""

    match: rules.Match = Field(description="Whether all conditions must hold, or any", examples=["all"])
    conditions: list[Condition] = Field(
        min_length=1,
        max_length=rules.MOST_CONDITIONS,
        description="1 to 20",
        examples=[[{"about": "tag", "relation": "is", "value": "warm"}]],
    )

    @property
    def meant(self) -> rules.Rule:
        """As it is kept."""
        return rules.Rule(self.match, tuple(each.meant for each in self.conditions))

    @classmethod
    def of(cls, rule: rules.Rule) -> Self:
        """The API's form of a rule."""
        return cls(match=rule.match, conditions=[_condition(each) for each in rule.conditions])


def _condition(each: rules.Condition) -> Condition:
    if each.about == "price":
        price = MoneyModel(amount=each.amount, currency=each.currency)
        return Condition(about=each.about, relation=each.relation, price=price)
    return Condition(about=each.about, relation=each.relation, value=each.value)


class CollectionFields(Model):
    """What staff say of a collection."""

    slug: Slug = Field(description="Its name in addresses")
    title: Title
    description_html: Description = ""
    published: Annotated[bool, Field(strict=True, description="Whether shoppers see it", examples=[True])] = False
    rule: Rule | None = Field(default=None, description="Null: products are put into it by hand")

    @property
    def fields(self) -> Fields:
        """As the use cases have them."""
        rule = None if self.rule is None else self.rule.meant
        return Fields(self.slug, self.title, self.description_html, self.published, rule)


class NewCollection(CollectionFields):
    """A collection that is to be made: by rule where it has one, else by hand. That stays so."""


class CollectionChange(CollectionFields):
    """What a collection is to be."""

    version: Version


class CollectionProducts(Model):
    """The products of a collection by hand, in their order."""

    version: Version
    product_ids: list[UUID] = Field(
        max_length=1_000,
        description="All of them; those that are left out leave it",
        examples=[["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c05"]],
    )


class StaffCollection(Model):
    """A collection, as staff see it."""

    id: UUID
    slug: Slug
    title: Title
    description_html: str = Field(description="What it is, in sanitised HTML", examples=["<p>For winter.</p>"])
    published: bool = Field(description="Whether shoppers see it", examples=[True])
    rule: Rule | None = Field(description="Null: products are put into it by hand")
    filling: bool = Field(description="Whether its rule has not met all products yet", examples=[False])
    version: int = Field(examples=[1])
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, found: Collection) -> Self:
        """The API's form of a collection."""
        own = {name: getattr(found, name) for name in cls.model_fields if name not in {"rule", "filling"}}
        rule = None if found.rule is None else Rule.of(found.rule)
        return cls(**own, rule=rule, filling=found.filled_to is not None)


class CollectionMember(Model):
    """A product of a collection, in whatever status."""

    id: UUID
    slug: Slug
    title: str = Field(examples=["Perfect Fifth"])
    status: ProductStatus


class StaffCollectionDetail(Model):
    """A collection with its products."""

    collection: StaffCollection = Field(description="Without its products")
    products: list[CollectionMember] = Field(description="The first 1,000, by hand in their order")
    product_count: int = Field(description="How many it has", examples=[3])

    @classmethod
    def of(cls, whole: Whole) -> Self:
        """The API's form of a collection with its products."""
        members = [CollectionMember.model_validate(each, from_attributes=True) for each in whole.products]
        return cls(collection=StaffCollection.of(whole.collection), products=members, product_count=whole.count)


class CollectionCard(Model):
    """A collection in a list."""

    slug: Slug
    title: str = Field(examples=["Warm lines"])
    updated_at: datetime


class CollectionView(CollectionCard):
    """A collection, as shoppers see it. Its products are read a page at a time."""

    description_html: str = Field(description="What it is, in sanitised HTML", examples=["<p>For winter.</p>"])
    seo_title: str = Field(description="What search engines show as its title; empty: `title`", examples=["Warm lines"])
    seo_description: str = Field(
        description="What search engines show below it; empty: a part of the description", examples=["For winter."]
    )
