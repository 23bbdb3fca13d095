"""What staff send and get of edits of many products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from catalog.api.schemas.admin import MaybeEmpty
from catalog.api.schemas.public import Name, Slug
from catalog.bulk.domain import MOST, CompareAt, Outcome, Planned, PriceChange, Product, Wish
from catalog.domain.products import MAX_AMOUNT, ProductStatus
from chassis.web import Model, MoneyModel, PriceCurrency, SignedMoney

_ID = "0192f0c1-7a2b-7c3d-8e4f-5a6b7c8d9e0f"
Collections = Annotated[list[UUID], Field(max_length=5, examples=[[_ID]])]
Tags = Annotated[list[Name], Field(max_length=50, examples=[["spring"]])]
# Hundredths of a percent: down to nothing, or eleven times the price.
Percent = Annotated[int, Field(strict=True, ge=-10_000, le=100_000, examples=[-1000])]


class EditedSlug(Model):
    """A product to edit."""

    slug: Slug
    version: int | None = Field(
        default=None, strict=True, ge=1, le=2**53, description="Refuse it if it is not of this version", examples=[3]
    )


class PriceEdit(Model):
    """By how much the prices of its variants on sale change. One of `percent` and `amount`."""

    currency: PriceCurrency = Field(description="Of the prices that change", examples=["EUR"])
    percent: Percent | None = Field(
        default=None, description="In hundredths of a percent, below 0 to lower them; halves of a unit are rounded up"
    )
    amount: SignedMoney | None = Field(default=None, description="In that currency, below 0 to lower them")
    compare_at: CompareAt = Field(
        default="keep",
        description="`former`: the price before is what it is compared with; `remove`: nothing is. One that is not "
        "above the new price is not shown",
        examples=["former"],
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("send one of percent and amount")
        if self.amount and (self.amount.currency != self.currency or abs(self.amount.amount) > MAX_AMOUNT):
            raise ValueError(f"amount must be in currency, and at most {MAX_AMOUNT}")
        return self


class ProductChangesBody(Model):
    """What is to become of each product; what is left out stays as it is."""

    status: ProductStatus | None = Field(default=None, description="A moment to be shown at is taken away")
    vendor: MaybeEmpty | None = Field(default=None, examples=["Nadim Orrel"])
    product_type: MaybeEmpty | None = Field(default=None, examples=["Pendulum"])
    add_tags: Tags = Field(default=[], description="Behind those that it has")
    remove_tags: Tags = Field(default=[], description="Exactly these, if it has them")
    price: PriceEdit | None = Field(default=None, description="Of all its variants on sale that have one")
    add_to_collections: Collections = Field(default=[], description="Put together by hand; behind the others")
    remove_from_collections: Collections = Field(default=[], description="Put together by hand")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for name in ("add_tags", "remove_tags"):
            if len(set(getattr(self, name))) < len(getattr(self, name)):
                raise ValueError(f"a tag stands twice in {name}")
        if set(self.add_tags) & set(self.remove_tags):
            raise ValueError("a tag stands in add_tags and in remove_tags")
        named = [*self.add_to_collections, *self.remove_from_collections]
        if len(set(named)) < len(named):
            raise ValueError("a collection stands twice")
        return self

    @property
    def wish(self) -> Wish:
        """What the use case works with."""
        price = self.price
        change = None
        if price is not None:
            amount = price.amount.amount if price.amount else 0
            change = PriceChange(price.currency, price.percent or 0, amount, price.compare_at)
        return Wish(
            **self.model_dump(include={"status", "vendor", "product_type", "add_tags"}),
            remove_tags=frozenset(self.remove_tags),
            price=change,
            add_to=self.add_to_collections,
            remove_from=self.remove_from_collections,
        )


class ProductsEdit(Model):
    """The same changes of several products."""

    products: list[EditedSlug] = Field(min_length=1, max_length=MOST, description="Those to edit")
    changes: ProductChangesBody = Field(description="What becomes of each of them")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({each.slug for each in self.products}) < len(self.products):
            raise ValueError("a slug stands twice in products")
        return self

    @property
    def currency(self) -> str:
        """Of the prices that change; empty where none does."""
        return self.changes.price.currency if self.changes.price else ""

    @property
    def rows(self) -> list[tuple[str, int | None]]:
        """What the use case works with."""
        return [(each.slug, each.version) for each in self.products]


class EditedFields(Model):
    """A product as far as an edit may change it."""

    version: int = Field(examples=[3])
    status: ProductStatus = Field(examples=["active"])
    scheduled: bool = Field(description="Whether it is a draft that is shown from a moment on")
    vendor: str = Field(examples=["Nadim Orrel"])
    product_type: str = Field(examples=["Pendulum"])
    tags: list[str] = Field(examples=[["spring"]])
    price_from: MoneyModel | None = Field(description="Its lowest price; null where the edit changes none of it")
    price_to: MoneyModel | None = Field(description="Its highest price; null where the edit changes none of it")
    collections: list[UUID] = Field(description="Those of the edit that it is in", examples=[[_ID]])

    @classmethod
    def of(cls, product: Product | None, currency: str) -> Self | None:
        """The API's form of it."""
        if product is None:
            return None
        fields = {name: getattr(product, name) for name in cls.model_fields}
        for name in ("price_from", "price_to"):
            amount = fields[name]
            fields[name] = None if amount is None else {"amount": amount, "currency": currency}
        return cls.model_validate(fields)


class EditedProduct(Model):
    """What became of one product. `problem`: why it was refused; nothing of it is changed then."""

    slug: Slug
    outcome: Outcome = Field(description="What became of the product", examples=["changed"])
    problem: str | None = Field(
        default=None,
        description="`version-changed`, `too-many-tags`, `price-out-of-range`, `collection-full` (1,000 products), or "
        "`too-many-variants` where an edit would change the prices of more than 10,000",
        examples=[None],
    )
    before: EditedFields | None = Field(description="Null where there is no such product")
    after: EditedFields | None = Field(description="Null where there is no such product")


class EditedProducts(Model):
    """What became of each product, in the order of the request."""

    items: list[EditedProduct]

    @classmethod
    def of(cls, planned: Sequence[Planned], currency: str) -> Self:
        """The API's form of an edit that changes prices in this currency, if any."""
        items = [
            EditedProduct(
                slug=each.slug,
                outcome=each.outcome,
                problem=each.problem,
                before=EditedFields.of(each.before, currency),
                after=EditedFields.of(each.after, currency),
            )
            for each in planned
        ]
        return cls(items=items)
