"""What staff send to create and edit products, and what they get. Bare amounts are minor units (cents)."""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from catalog.api.schemas.admin import AdminVariant, MaybeEmpty, TaxClass, Units
from catalog.api.schemas.public import Name, Sku, Slug
from catalog.domain.products import MAX_AMOUNT, ProductStatus
from catalog.editing.domain.drafts import (
    MAX_AT_ONCE,
    MAX_OPTIONS,
    NewProduct,
    NewVariant,
    OptionChange,
    Price,
)
from catalog.editing.store.products import Summary
from catalog.editing.store.variants import Added
from chassis.values import uuid7
from chassis.web import Model, MoneyModel, PriceCurrency, Text

Barcode = Annotated[Name, Field(max_length=64, examples=["4006381333931"])]
Grams = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000, examples=[1430])]
Options = Annotated[list[Name], Field(max_length=MAX_OPTIONS, examples=[["Size", "Frame"]])]
OptionValues = Annotated[list[Name], Field(max_length=MAX_OPTIONS, examples=[["30 \u00d7 40 cm", "Oak frame"]])]


class PriceMoney(MoneyModel):
    """An amount that can be a price, in a currency that a shop can sell in."""

    amount: Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT, description="Minor units (cents)", examples=[9600])]
    currency: PriceCurrency


class NewPrice(Model):
    """What a variant costs in one currency."""

    price: PriceMoney = Field(description="What it costs")
    compare_at: PriceMoney | None = None

    @model_validator(mode="after")
    def _compare_at_is_above(self) -> Self:
        if self.compare_at is None:
            return self
        if self.compare_at.currency != self.price.currency or self.compare_at.amount <= self.price.amount:
            raise ValueError("compare_at must be above price, in its currency")
        return self

    def made(self) -> Price:
        """What the use case works with."""
        before = None if self.compare_at is None else self.compare_at.amount
        return Price(self.price.currency, self.price.amount, before)


class NewVariantBody(Model):
    """A variant that is to be, with what is on the shelf of it."""

    sku: Sku
    option_values: OptionValues = Field(
        default=[], description="One for each option of the product, in their order", validate_default=True
    )
    prices: list[NewPrice] = Field(default=[], max_length=20, description="One for each currency it is sold in")
    weight_grams: Grams | None = None
    barcode: Barcode | None = None
    requires_shipping: bool = True
    taxable: bool = Field(default=True, description="Whether tax is charged on it", examples=[True])
    on_hand: Units = 0
    tracked: bool = True
    backorder: bool = False

    @model_validator(mode="after")
    def _a_currency_once(self) -> Self:
        if len({each.price.currency for each in self.prices}) < len(self.prices):
            raise ValueError("a currency must stand once in prices")
        return self

    def made(self, variant_id: UUID, place: int) -> NewVariant:
        """What the use case works with."""
        prices = [each.made() for each in self.prices]
        return NewVariant(variant_id, place, prices=prices, **self.model_dump(exclude={"prices"}))


class NewProductBody(Model):
    """A product that is to be. One without options has one variant, without option values."""

    title: Name = Field(examples=["Perfect Fifth"])
    slug: Slug | None = Field(default=None, min_length=1, description="Left out: one is made of the title")
    description_html: Text | None = Field(default=None, description="What is not allowed in it is taken out")
    vendor: MaybeEmpty = Field(default="", examples=["Nadim Orrel"])
    product_type: MaybeEmpty = Field(default="", examples=["Pendulum"])
    tags: list[Name] = Field(default=[], max_length=250, examples=[["warm", "line"]])
    tax_class: TaxClass = Field(default="standard", description="A class that the shop's tax rates name")
    status: ProductStatus = Field(default="draft", examples=["draft"])
    options: Options = Field(default=[])
    variants: list[NewVariantBody] = Field(
        min_length=1, max_length=MAX_AT_ONCE, description="More of them are added later"
    )

    @model_validator(mode="after")
    def _a_name_once(self) -> Self:
        refuse_twice(self.options)
        return self

    def made(self) -> NewProduct:
        """What the use case works with."""
        fields = self.model_dump(exclude={"variants", "description_html"})
        return NewProduct(
            **fields, description_html=self.description_html or "", variants=made_variants(uuid7(), self.variants)
        )


class NewVariants(Model):
    """Variants that a product is to get, all or none."""

    variants: list[NewVariantBody] = Field(min_length=1, max_length=MAX_AT_ONCE, description="Those to add")


class VariantPatch(Model):
    """What is to be changed of a variant; what is left out stays as it is."""

    sku: Sku | None = None
    option_values: OptionValues | None = Field(default=None, description="One for each option of the product")
    weight_grams: Grams | None = Field(default=None, description="Null: it is not known")
    barcode: Barcode | None = Field(default=None, description="Null: it has none")
    requires_shipping: bool | None = None
    taxable: bool | None = Field(default=None, description="Whether tax is charged on it", examples=[True])
    active: bool | None = Field(default=None, description="False: it is kept, and neither shown nor sold any more")
    position: Annotated[int, Field(strict=True, ge=1, le=1_000_000, examples=[1])] | None = Field(
        default=None, description="Its place among the product's variants"
    )

    @property
    def wish(self) -> dict[str, Any]:
        """The fields that were sent. Null clears a weight and a barcode; elsewhere it says nothing."""
        sent = self.model_dump(exclude_unset=True)
        return {name: value for name, value in sent.items() if value is not None or name in {"weight_grams", "barcode"}}


class OptionBody(Model):
    """An option that the product is to have."""

    name: Name = Field(description="As shoppers see it", examples=["Frame"])
    was: Name | None = Field(
        default=None, description="The option whose values it takes; null: it is new", examples=["Frame"]
    )
    value: Name | None = Field(default=None, description="Of a new one: what the present variants get", examples=[None])


class OptionList(Model):
    """All options of a product from now on, in their order. One that is not named is removed."""

    options: list[OptionBody] = Field(max_length=MAX_OPTIONS, description="At most three")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        refuse_twice([option.name for option in self.options])
        refuse_twice([option.was for option in self.options if option.was is not None])
        return self

    @property
    def wish(self) -> list[OptionChange]:
        """What the use case works with."""
        return [OptionChange(**option.model_dump()) for option in self.options]


class Duplicate(Model):
    """What the copy of a product is to be called."""

    title: Name | None = Field(default=None, description="Left out: that of the product", examples=["Perfect Fourth"])
    slug: Slug | None = Field(default=None, min_length=1, description="Left out: one is made of the title")


class ProductSummary(Model):
    """A product without its texts and variants."""

    id: UUID = Field(description="The product's id")
    slug: Slug
    status: ProductStatus = Field(examples=["draft"])
    version: int = Field(examples=[1])
    variants: int = Field(description="How many it has that are sold", examples=[2])

    @classmethod
    def of(cls, found: Summary) -> Self:
        """The API's form of it."""
        return cls.model_validate(found, from_attributes=True)


class AddedVariant(Model):
    """A variant that was added."""

    id: UUID = Field(description="The variant's id")
    sku: Sku


class AddedVariants(Model):
    """The variants that were added, and what became of the product."""

    product: ProductSummary = Field(description="After the change")
    added: list[AddedVariant] = Field(description="In the order in which they were sent")

    @classmethod
    def of(cls, product: Summary, added: list[Added]) -> Self:
        """The API's form of it."""
        shown = [AddedVariant(id=each.id, sku=each.sku) for each in added]
        return cls(product=ProductSummary.of(product), added=shown)


class ChangedVariant(Model):
    """A variant after its change."""

    version: int = Field(description="Of its product", examples=[2])
    variant: AdminVariant = Field(description="As it is now")


def made_variants(first_id: UUID, bodies: list[NewVariantBody]) -> list[NewVariant]:
    """Variants with ids; the first of them gets this one, by which a repeated request finds them."""
    ids = [first_id, *(uuid7() for _ in bodies[1:])]
    return [body.made(each, place) for place, (each, body) in enumerate(zip(ids, bodies, strict=True), 1)]


def refuse_twice(names: list[str]) -> None:
    """Refuse a name that stands twice.

    Raises:
        ValueError: one does.
    """
    if len(set(names)) < len(names):
        raise ValueError("each option must stand once")
