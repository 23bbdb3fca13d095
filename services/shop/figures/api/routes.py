"""Sales figures, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from chassis.auth import require
from chassis.problems import FieldError, Invalid, responses
from chassis.web import Currency, Page, Paged
from shop.context import Ctx
from shop.figures.api.models import CountryReportView, SalesOfProductView, SalesReportView
from shop.figures.domain.period import By, Period
from shop.figures.usecases.read_countries import read_countries
from shop.figures.usecases.read_products import read_products
from shop.figures.usecases.read_sales import read_sales

router = APIRouter(
    prefix="/api/v1/admin/figures",
    tags=["staff: figures"],
    dependencies=[Depends(require("payments:read"))],
    responses=responses(Invalid),
)
_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)


async def _period(
    first: Annotated[
        date, Query(alias="from", ge=_FIRST, le=_LAST, description="The first day", examples=["2026-11-01"])
    ],
    last: Annotated[
        date,
        Query(
            alias="until",
            ge=_FIRST,
            le=_LAST,
            description="The last day, which counts too; at most 366 days in all",
            examples=["2026-11-30"],
        ),
    ],
) -> Period:
    period = Period(first, last)
    if period.wrong is not None:
        raise Invalid(errors=[FieldError("query.until", period.wrong)])
    return period


Days = Annotated[Period, Depends(_period)]
OneCurrency = Annotated[Currency | None, Query(description="That alone", examples=["EUR"])]


@router.get("/sales", summary="Read what was sold by day, week or month")
async def read_sales_figures(
    ctx: Ctx,
    days: Days,
    by: Annotated[By, Query(description="A week begins on Monday", examples=["day"])] = "day",
    currency: OneCurrency = None,
) -> SalesReportView:
    """Days are those of the shop's time zone. When that is changed, days that have begun stay as they are."""
    return SalesReportView.of(*await read_sales(ctx, days, by, currency))


@router.get("/countries", summary="Read what was sold by country")
async def read_country_figures(ctx: Ctx, days: Days, currency: OneCurrency = None) -> CountryReportView:
    """Where orders went to; of those that are not shipped, where the bill went."""
    return CountryReportView.of(*await read_countries(ctx, days, currency))


@router.get("/products", summary="List what was sold by product")
async def list_product_figures(
    ctx: Ctx,
    days: Days,
    page: Paged,
    currency: Annotated[Currency, Query(description="In which it was sold", examples=["EUR"])],
) -> Page[SalesOfProductView]:
    """The most first. What was paid for the lines of orders, and what refunds gave back of them."""
    found, cursor = await read_products(ctx, days, currency, page)
    return Page(items=[SalesOfProductView.of(each, currency) for each in found], next_cursor=cursor)
