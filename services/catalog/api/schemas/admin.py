"""What staff sends and gets. Bare amounts are minor units (cents)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

import msgspec
from pydantic import Field, StringConstraints, model_validator

from catalog.api.schemas import public
from catalog.api.schemas.public import (
    ONE_LINE,
    Available,
    Name,
    ProductCard,
    ProductFields,
    Sku,
    VariantView,
)
from catalog.domain.products import MAX_AMOUNT, TAX_CLASS, ProductStatus
from catalog.store.browse import Card
from catalog.store.pages import Product, Variant
from chassis.web import Model, MoneyModel, Page, PriceCurrency, SingleLine, Text

# One line, or nothing at all.
MaybeEmpty = Annotated[str, StringConstraints(strip_whitespace=True, max_length=255, pattern=ONE_LINE)]
TaxClass = Annotated[str, StringConstraints(pattern=TAX_CLASS), Field(examples=["reduced"])]
Units = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000, examples=[40])]


class StockLevel(Model):
    """The stock of a variant. `available` is what is on hand and not reserved; null: as many as wanted."""

    variant_id: UUID
    sku: Sku
    on_hand: int = Field(examples=[40])
    reserved: int = Field(description="Held for orders that are not paid yet", examples=[2])
    available: Available
    tracked: bool = Field(description="Whether units are counted")
    backorder: bool = Field(description="Whether it is sold on when none is left")
    updated_at: datetime


class StockSetting(Model):
    """What is counted on the shelf. What is left out stays as it is."""

    on_hand: Units
    tracked: bool | None = None
    backorder: bool | None = None
    expected_on_hand: int | None = Field(
        default=None,
        strict=True,
        ge=-1_000_000_000,
        le=1_000_000_000,
        description="Refuse if it is not this now: somebody else has changed it, or it was sold",
    )


class StockAdjustment(Model):
    """A change of what is on the shelf: goods came in, were lost, came back."""

    delta: Annotated[int, Field(strict=True, ge=-1_000_000_000, le=1_000_000_000, examples=[-1])]
    reason: SingleLine = Field(examples=["broken"])

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.delta == 0:
            raise ValueError("delta must not be 0")
        return self


class ProductPatch(Model):
    """What is to be changed of a product; what is left out stays as it is."""

    status: ProductStatus | None = None
    title: Name | None = None
    description_html: Text | None = Field(default=None, description="What is not allowed in it is taken out")
    vendor: MaybeEmpty | None = None
    product_type: MaybeEmpty | None = None
    tags: list[Name] | None = Field(default=None, max_length=250)
    tax_class: TaxClass | None = Field(default=None, description="A class that the shop's tax rates name")


class VariantPrice(Model):
    """A variant's price in the currency of the request. `compare_at`: what it cost before, above the price.

    `amount` null: it is not sold in the currency any more.
    """

    sku: Sku
    amount: Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT, examples=[2500])] | None
    compare_at: Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT, examples=[3000])] | None = None

    @model_validator(mode="after")
    def _compare_at_is_above(self) -> Self:
        if self.compare_at is not None and (self.amount is None or self.compare_at <= self.amount):
            raise ValueError("compare_at must be above amount")
        return self


class PriceList(Model):
    """Prices of some of a product's variants in one currency; the others keep theirs."""

    currency: PriceCurrency
    prices: list[VariantPrice] = Field(min_length=1, max_length=2048)


class AdminCard(ProductCard):
    """A product in the staff's list."""

    status: ProductStatus


class AdminPage(Page[AdminCard]):
    """A part of the staff's list of products."""


class PriceView(Model):
    """A variant's price in one currency."""

    price: MoneyModel
    compare_at: MoneyModel | None


class AdminVariant(VariantView):
    """A variant with its prices in all currencies and its stock. `active` false: it has left the product."""

    active: bool
    prices: list[PriceView]
    on_hand: int
    reserved: int


class AdminProduct(ProductFields):
    """A product as staff sees it: in whatever status, with the variants that have left it too."""

    status: ProductStatus
    tax_class: str = Field(examples=["standard"])
    version: int
    created_at: datetime
    variants: list[AdminVariant]


def admin_card(found: Card, currency: str) -> AdminCard:
    """The AdminCard of a product in a list."""
    return AdminCard.model_validate_json(msgspec.json.encode(public.card(found, currency) | {"status": found.status}))


def admin_product(product: Product, currency: str) -> AdminProduct:
    """The AdminProduct of a product; `currency`: that of each variant's `price`."""
    fields = public.product_fields(product) | {
        "status": product.status,
        "tax_class": product.tax_class,
        "version": product.version,
        "created_at": product.created_at,
        "variants": [admin_variant(variant, currency) for variant in product.variants],
    }
    return AdminProduct.model_validate_json(msgspec.json.encode(fields))


def admin_variant(variant: Variant, currency: str) -> dict[str, Any]:
    """An AdminVariant as JSON values; `currency`: that of its `price`."""
    return public.variant_view(variant, currency) | {
        "active": variant.active,
        "prices": [
            {"price": public.money(amount, code), "compare_at": public.money(before, code)}
            for code, amount, before in variant.prices
        ],
        "on_hand": variant.on_hand,
        "reserved": variant.reserved,
    }
