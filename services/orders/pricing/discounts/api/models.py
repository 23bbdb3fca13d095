"""Bodies of requests and answers about discounts. Amounts are in minor units; rates are millionths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field

from chassis.problems import FieldError, Invalid
from chassis.web import Model, MoneyModel, PriceCurrency, VisibleSingleLine
from orders.pricing.discounts.domain.discount import (
    MAX_REPEATS,
    Articles,
    BuyGet,
    Discount,
    Kind,
    Level,
    Minimum,
    Target,
)
from orders.pricing.discounts.store.rows import StoredDiscount
from orders.pricing.discounts.store.uses import Figures
from orders.quantities import MAX_TOTAL

MAX_USES = 1_000_000_000

Id = Annotated[UUID, Field(examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c01"])]
Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))]
Rate = Annotated[
    int, Field(strict=True, ge=1, le=1_000_000, description="Millionths: 100000 is 10 %", examples=[100000])
]
ProductType = Annotated[VisibleSingleLine, Field(max_length=120)]
Pieces = Annotated[int, Field(strict=True, ge=1, le=999)]


class Off(MoneyModel):
    """An amount above 0, in a currency that a shop can sell in."""

    amount: Annotated[int, Field(strict=True, ge=1, le=MAX_TOTAL, description="Minor units", examples=[500])]
    currency: PriceCurrency


Offs = Annotated[list[Off], Field(max_length=50, description="One for each currency")]


class ArticlesModel(Model):
    """The lines of these products, types and collections; all empty: every line."""

    products: Annotated[list[Id], Field(max_length=500)] = Field(default_factory=list, description="Their ids")
    types: Annotated[list[ProductType], Field(max_length=100)] = Field(
        default_factory=list, description="Types of products, as the catalog writes them", examples=[["Tee"]]
    )
    collections: Annotated[list[Id], Field(max_length=100)] = Field(default_factory=list, description="Their ids")

    @property
    def articles(self) -> Articles:
        """As the domain has them."""
        return Articles(frozenset(self.products), frozenset(self.types), frozenset(self.collections))

    @classmethod
    def of(cls, articles: Articles) -> Self:
        """The API's form."""
        return cls(
            products=sorted(articles.products), types=sorted(articles.types), collections=sorted(articles.collections)
        )


class MinimumModel(Model):
    """What the lines that it is for must come to, by the list. If subtotals are given, only their currencies get it."""

    subtotals: Offs = Field(default_factory=list)
    quantity: Annotated[int, Field(strict=True, ge=0, le=50_000, description="Pieces")] = 0


class BuyGetModel(Model):
    """For each `buy` pieces of the discount's articles, `get` of these cost `rate` less: the cheapest."""

    buy: Pieces = Field(description="How many are to be bought")
    get: Pieces = Field(description="How many of them are got for it")
    articles: ArticlesModel = Field(default_factory=ArticlesModel, description="What is got; empty: any article")
    max_repeats: Annotated[int, Field(strict=True, ge=1, le=MAX_REPEATS, description="In one order")] = MAX_REPEATS

    @property
    def rule(self) -> BuyGet:
        """As the domain has it."""
        return BuyGet(self.buy, self.get, self.articles.articles, self.max_repeats)


class DiscountFields(Model):
    """What a discount does, when, and how often."""

    title: Annotated[
        VisibleSingleLine, Field(max_length=120, description="Shoppers see it in cart and order", examples=["Summer"])
    ]
    kind: Kind = Field(description="What it does", examples=["percent"])
    target: Target = Field(
        description="order: all lines together; lines: the lines of `articles`; pieces: each piece of them; shipping"
    )
    rate: Rate = Field(
        default=1_000_000,
        description="Millionths: 100000 is 10 %. Of percent, which needs it, and buy_get: all, if left out",
    )
    amounts: Offs = Field(default_factory=list)
    articles: ArticlesModel = Field(
        default_factory=ArticlesModel,
        description="What it is for; of buy_get, what is to be bought; of the order: everything",
    )
    minimum: MinimumModel = Field(default_factory=MinimumModel, description="What its lines must come to")
    buy_get: BuyGetModel | None = Field(default=None, description="Of the kind buy_get", examples=[None])
    starts_at: Moment | None = Field(default=None, description="From when on it counts; null: at once", examples=[None])
    ends_at: Moment | None = Field(
        default=None, description="From then on it does not count", examples=["2026-12-01T00:00:00Z"]
    )
    max_uses: Annotated[int, Field(strict=True, ge=1, le=MAX_USES)] | None = Field(
        default=None, description="By orders that were placed and did not end unpaid; null: without end"
    )
    max_uses_per_customer: Annotated[int, Field(strict=True, ge=1, le=MAX_USES)] | None = Field(
        default=None, description="By account, or by mailbox of a guest"
    )
    combines_with: Annotated[list[Level], Field(max_length=3)] = Field(
        default_factory=list,
        description="Levels of discounts that it may stand beside; both must agree. Else the shopper's best counts",
    )

    def discount(self, discount_id: UUID, *, automatic: bool) -> Discount:
        """As the domain has it.

        Raises:
            Invalid: a currency is named twice; a percentage says no rate, and is not to give everything away by that.
        """
        if self.kind is Kind.PERCENT and "rate" not in self.model_fields_set:
            raise Invalid(errors=[FieldError("rate", "Say how much: 100000 is 10 %", "missing")])
        bought = self.buy_get
        return Discount(
            id=discount_id,
            title=self.title,
            kind=self.kind,
            target=self.target,
            rate=self.rate,
            amounts=_by_currency("amounts", self.amounts),
            articles=self.articles.articles,
            minimum=Minimum(_by_currency("minimum.subtotals", self.minimum.subtotals), self.minimum.quantity),
            buy_get=bought.rule if bought else None,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            max_uses=self.max_uses,
            max_uses_per_customer=self.max_uses_per_customer,
            combines_with=frozenset(self.combines_with),
            automatic=automatic,
        )


def _by_currency(field: str, amounts: Sequence[Off]) -> dict[str, int]:
    found = {each.currency: each.amount for each in amounts}
    if len(found) < len(amounts):
        raise Invalid(errors=[FieldError(field, "A currency is named twice", "twice")])
    return found


class NewDiscount(DiscountFields):
    """A discount that is to be made."""

    automatic: Annotated[bool, Field(strict=True)] = Field(
        description="True: for every order; false: for who gives one of its codes, which are added next"
    )


class DiscountChange(DiscountFields):
    """All that a discount is to be, in place of what it was. `version`: of what was read; 409 if it changed since."""

    version: Annotated[int, Field(strict=True, ge=1, le=2_147_483_647, description="As it was read", examples=[1])]


ShownStatus = Literal["active", "scheduled", "expired", "disabled", "archived"]


class DiscountView(DiscountFields):
    """A discount. `used`: uses that are not given back, counted where `max_uses` is set."""

    id: Id = Field(description="The discount's id")
    automatic: bool = Field(description="Whether it needs no code", examples=[False])
    status: Literal["active", "disabled", "archived"] = Field(description="As staff set it", examples=["active"])
    used: int | None = Field(description="Uses that are not given back; null where `max_uses` is", examples=[12])
    code_count: int = Field(description="How many codes it has", examples=[1])
    version: int = Field(description="Grows with each change", examples=[1])
    created_at: datetime = Field(description="When it was made")
    updated_at: datetime = Field(description="When it was changed last")

    @classmethod
    def of(cls, stored: StoredDiscount) -> Self:
        """The API's form."""
        return cls(**_fields(stored))


class DiscountDetail(DiscountView):
    """A discount with figures of its use. `taken`: by orders that did not end unpaid."""

    taken: int = Field(description="Uses by orders that were placed and did not end unpaid", examples=[12])
    given_back: int = Field(description="Uses that came back with their orders", examples=[2])
    customers: int = Field(description="By how many accounts or mailboxes it is used", examples=[11])
    last_used_at: datetime | None = Field(description="When an order used it last; null: never")

    @classmethod
    def whole(cls, stored: StoredDiscount, figures: Figures) -> Self:
        """The API's form."""
        return cls(
            **_fields(stored),
            taken=figures.taken,
            given_back=figures.given_back,
            customers=figures.customers,
            last_used_at=figures.last_at,
        )


def _fields(stored: StoredDiscount) -> dict[str, object]:
    discount = stored.discount
    got = discount.buy_get
    return {
        "id": discount.id,
        "title": discount.title,
        "kind": discount.kind,
        "target": discount.target,
        "rate": discount.rate,
        "amounts": _amounts(discount.amounts),
        "articles": ArticlesModel.of(discount.articles),
        "minimum": MinimumModel(subtotals=_amounts(discount.minimum.subtotals), quantity=discount.minimum.quantity),
        "buy_get": got
        and BuyGetModel(buy=got.buy, get=got.get, articles=ArticlesModel.of(got.articles), max_repeats=got.max_repeats),
        "starts_at": discount.starts_at,
        "ends_at": discount.ends_at,
        "max_uses": discount.max_uses,
        "max_uses_per_customer": discount.max_uses_per_customer,
        "combines_with": sorted(discount.combines_with),
        "automatic": discount.automatic,
        "status": stored.status,
        "used": None if discount.max_uses is None else stored.used,
        "code_count": stored.code_count,
        "version": stored.version,
        "created_at": stored.created_at,
        "updated_at": stored.updated_at,
    }


def _amounts(by_currency: Mapping[str, int]) -> list[Off]:
    return [Off(amount=amount, currency=currency) for currency, amount in sorted(by_currency.items())]
