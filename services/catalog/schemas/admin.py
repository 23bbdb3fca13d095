"""What staff sends and gets. Bare amounts are minor units (cents)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from catalog.schemas import public
from catalog.schemas.public import (
    MAX_AMOUNT,
    ONE_LINE,
    Available,
    Name,
    ProductCard,
    ProductFields,
    Sku,
    VariantView,
)
from catalog.shopify import RowProblem
from catalog.store.browse import Card, ProductStatus
from catalog.store.pages import Product, Variant
from catalog.store.stock import StockRow
from catalog.usecases.import_products import COUNTS, Imported
from chassis.web import Currency, Model, MoneyModel, Page, PriceCurrency, SingleLine, Text

# One line, or nothing at all.
MaybeEmpty = Annotated[str, StringConstraints(strip_whitespace=True, max_length=255, pattern=ONE_LINE)]
Units = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000, examples=[40])]


# As a person names it; which there are, the import itself knows.
Encoding = Annotated[str, StringConstraints(to_lower=True, max_length=20, pattern="^[A-Za-z0-9_-]+$")]
# More findings than this are counted and not listed.
MOST_PROBLEMS = 2_000


class ImportProblem(Model):
    """A finding about a row: `refused` left out, `changed` taken otherwise than written, `notice` worth knowing."""

    row: int = Field(description="As a spreadsheet numbers it: the header is row 1", examples=[7])
    handle: str = Field(examples=["perfect-fifth"])
    column: str | None = Field(examples=["Variant Price"])
    code: str = Field(examples=["no-price"])
    message: str = Field(examples=["The variant has no price. Write one (0 if it is free) and import again."])
    severity: Literal["refused", "changed", "notice"]

    @classmethod
    def of(cls, problem: RowProblem) -> ImportProblem:
        return cls(
            row=problem.row,
            handle=problem.handle,
            column=problem.column,
            code=problem.code.replace("_", "-"),
            message=problem.message,
            severity=problem.severity,
        )


class ImportReport(Model):
    """What an import did: products by what became of them, rows that were refused, and the findings by row."""

    currency: Currency = Field(description="What the prices of the file were taken to be in")
    rows: int = Field(description="Rows with content below the header", examples=[53])
    created: int = Field(examples=[20])
    updated: int = Field(examples=[0])
    unchanged: int = Field(examples=[0])
    refused_rows: int = Field(examples=[0])
    stock_set: int = Field(description="Variants that were here whose stock the file set", examples=[0])
    stock_changed: int = Field(description="Those of them that had another stock before", examples=[0])
    retired: int = Field(description="Variants that are no longer sold", examples=[0])
    prices_removed: int = Field(description="Prices that `remove_prices` took away", examples=[0])
    problems: list[ImportProblem] = Field(description="Refused rows first where there are too many to list all")
    problems_not_listed: int = Field(description="Findings beyond the 2,000 that are listed", examples=[0])

    @classmethod
    def of(cls, done: Imported, *, rows: int, currency: str) -> ImportReport:
        listed = sorted(done.problems, key=_weight)[:MOST_PROBLEMS] if len(done.problems) > MOST_PROBLEMS else None
        counts = {name: getattr(done, name) for name in COUNTS if name != "refused"}
        return cls(
            currency=currency,
            rows=rows,
            refused_rows=done.refused_rows,
            problems=[ImportProblem.of(problem) for problem in listed or done.problems],
            problems_not_listed=max(len(done.problems) - MOST_PROBLEMS, 0),
            **counts,
        )


def _weight(problem: RowProblem) -> tuple[bool, bool, int]:
    return (problem.severity != "refused", problem.severity == "notice", problem.row)


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

    @classmethod
    def of(cls, row: StockRow) -> StockLevel:
        return cls(
            variant_id=row.variant_id,
            sku=row.sku,
            on_hand=row.on_hand,
            reserved=row.reserved,
            available=row.available,
            tracked=row.tracked,
            backorder=row.backorder,
            updated_at=row.updated_at,
        )


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

    @classmethod
    def of(cls, card: Card, currency: str) -> AdminCard:
        return cls(**public.card(card, currency), status=card.status)


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

    @classmethod
    def of(cls, variant: Variant, currency: str) -> AdminVariant:
        return cls(
            **public.variant_view(variant, currency),
            active=variant.active,
            prices=[
                PriceView(price=MoneyModel(amount=amount, currency=code), compare_at=public.money(before, code))
                for code, amount, before in variant.prices
            ],
            on_hand=variant.on_hand,
            reserved=variant.reserved,
        )


class AdminProduct(ProductFields):
    """A product as staff sees it: in whatever status, with the variants that have left it too."""

    status: ProductStatus
    version: int
    created_at: datetime
    variants: list[AdminVariant]

    @classmethod
    def of(cls, product: Product, currency: str) -> AdminProduct:
        return cls(
            **public.product_fields(product),
            status=product.status,
            version=product.version,
            created_at=product.created_at,
            variants=[AdminVariant.of(variant, currency) for variant in product.variants],
        )
