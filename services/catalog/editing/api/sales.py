"""Sales of a product, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import Field, model_validator

from catalog.api.hot import TAG
from catalog.api.public import SlugInPath
from catalog.api.schemas.public import Sku
from catalog.context import Ctx
from catalog.editing.api.models import PriceMoney
from catalog.editing.api.moments import Moment
from catalog.editing.domain.drafts import MAX_VARIANTS
from catalog.editing.domain.sales import NewSale, SalePrice
from catalog.editing.problems import TooManySales
from catalog.editing.store.sales import Sale
from catalog.editing.usecases import keep_sales
from chassis.auth import Principal, require
from chassis.problems import NotFound, responses
from chassis.web import (
    IDEMPOTENCY_PROBLEMS,
    PRECONDITION_PROBLEMS,
    IdempotencyKey,
    IdempotentResponse,
    IfMatch,
    Model,
    SingleLine,
    bodies,
    etag,
    idempotent,
)

router = APIRouter(prefix="/api/v1/admin/products/{slug}/sales", tags=["staff: catalog"])
Reader = Annotated[Principal, Depends(require("catalog:read"))]
Writer = Annotated[Principal, Depends(require("catalog:write"))]
SaleInPath = Annotated[UUID, Path(description="The sale's id", examples=["0192f0c1-7a2b-7c3d-8e4f-5a6b7c8d9e0f"])]


class SalePriceBody(Model):
    """What a variant costs while the sale runs."""

    sku: Sku
    price: PriceMoney = Field(description="It counts while it is below the variant's own price")


class SaleBody(Model):
    """Prices of some of a product's variants for a time."""

    name: SingleLine = Field(description="For staff", examples=["Spring sale"])
    starts_at: Moment = Field(description="With its offset from UTC; one that is over: at once")
    ends_at: Moment = Field(description="With its offset from UTC; the sale ends just before it")
    prices: list[SalePriceBody] = Field(min_length=1, max_length=MAX_VARIANTS, description="Of some variants, or all")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at must be after starts_at")
        if len({(each.sku, each.price.currency) for each in self.prices}) < len(self.prices):
            raise ValueError("a variant has one price in each currency")
        return self

    def made(self, sale_id: UUID) -> NewSale:
        """What the use case works with."""
        prices = [SalePrice(each.sku, each.price.currency, each.price.amount) for each in self.prices]
        return NewSale(sale_id, self.name, self.starts_at, self.ends_at, prices)


class SaleView(Model):
    """A sale without its prices."""

    id: UUID = Field(description="The sale's id")
    name: str = Field(description="For staff", examples=["Spring sale"])
    starts_at: datetime = Field(description="In UTC", examples=["2026-12-01T08:00:00Z"])
    ends_at: datetime = Field(description="In UTC", examples=["2026-12-24T18:00:00Z"])
    prices: int = Field(description="How many it sets", examples=[2])
    version: int = Field(description="Of its product", examples=[2])

    @classmethod
    def of(cls, sale: Sale) -> Self:
        """The API's form of it."""
        return cls.model_validate(sale, from_attributes=True)


class SaleList(Model):
    """The sales of a product."""

    items: list[SaleView] = Field(description="In the order in which they begin")


class SaleDetail(Model):
    """A sale with what it sets."""

    sale: SaleView = Field(description="The sale")
    prices: list[SalePriceBody] = Field(description="In the order of the product's variants")


@router.get("", summary="Sales of a product", operation_id="list_sales", responses=responses(NotFound))
async def list_all(slug: SlugInPath, ctx: Ctx, _staff: Reader) -> SaleList:
    """Those that run or are to come. One that is over is forgotten."""
    return SaleList(items=[SaleView.of(each) for each in await keep_sales.list_sales(ctx, slug)])


@router.post(
    "",
    status_code=201,
    summary="Plan a sale of a product",
    operation_id="plan_sale",
    response_model=SaleView,
    responses=responses(NotFound, TooManySales, *IDEMPOTENCY_PROBLEMS, *PRECONDITION_PROBLEMS),
)
@bodies.limited_to(keys=9_000)
async def plan(
    slug: SlugInPath, body: SaleBody, key: IdempotencyKey, version: IfMatch, ctx: Ctx, staff: Writer
) -> Response:
    """The lowest price counts, of the variant's own and of all sales that run; what it costs without them is its
    `compare_at`. A cart has the price of its moment; lists follow within seconds.
    """

    async def work(sale_id: UUID) -> IdempotentResponse:
        done = await keep_sales.plan_sale(ctx, slug, version, body.made(sale_id))
        headers = {"Location": f"/api/v1/admin/products/{slug}/sales/{sale_id}", "ETag": etag(done.version)}
        return IdempotentResponse(201, SaleView.of(done), headers)

    request = {"slug": slug, "version": version, "body": body}
    answer = await idempotent(ctx, scope=f"sales.plan:{staff.account_id}", key=key, request=request, work=work)
    await ctx.cache.invalidate(TAG)
    return answer


@router.get("/{sale_id}", summary="Read a sale", operation_id="read_sale", responses=responses(NotFound))
async def read(slug: SlugInPath, sale_id: SaleInPath, ctx: Ctx, _staff: Reader) -> SaleDetail:
    """With its prices."""
    sale, found = await keep_sales.read_sale(ctx, slug, sale_id)
    money = [{"sku": each.sku, "price": {"amount": each.amount, "currency": each.currency}} for each in found]
    return SaleDetail.model_validate({"sale": SaleView.of(sale), "prices": money})


@router.delete(
    "/{sale_id}",
    status_code=204,
    summary="End a sale",
    operation_id="delete_sale",
    responses=responses(NotFound, *PRECONDITION_PROBLEMS),
)
async def delete(
    slug: SlugInPath, sale_id: SaleInPath, version: IfMatch, ctx: Ctx, _staff: Writer, response: Response
) -> None:
    """At once, or before it begins. Orders that are placed keep their price."""
    response.headers["ETag"] = etag(await keep_sales.end_sale(ctx, slug, sale_id, version))
    await ctx.cache.invalidate(TAG)
