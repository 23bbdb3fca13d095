"""Rates of tax and the settings about them, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.problems import NotFound, responses
from chassis.web import Paged, bodies, pagination
from orders.context import Ctx
from orders.pricing.api.places import Country
from orders.pricing.api.shipping import OfVersion, Reader, Writer
from orders.pricing.api.tax_models import TaxRateChange, TaxRateIn, TaxRates, TaxRateView, TaxSettingsModel
from orders.pricing.problems import RuleChanged, RuleExists, TooManyRules
from orders.pricing.usecases import change_taxes

router = APIRouter(prefix="/api/v1/admin/taxes", tags=["staff: taxes"])
# 300 countries and regions of four keys.
_SETTINGS_KEYS = 1_500


@router.get("/rates", summary="Rates of tax, oldest first", operation_id="list_tax_rates")
async def list_rates(
    ctx: Ctx, _staff: Reader, page: Paged, country: Annotated[Country | None, Query(description="Only its own")] = None
) -> TaxRates:
    """Without any, no tax is charged."""
    after = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None
    found = await change_taxes.list_rates(ctx, after, page.limit + 1, country)
    shown = found[: page.limit]
    cursor = pagination.encode((shown[-1].id,)) if len(found) > page.limit else None
    return TaxRates(items=[TaxRateView.of(each) for each in shown], next_cursor=cursor)


@router.post(
    "/rates",
    status_code=201,
    summary="Make a rate",
    operation_id="create_tax_rate",
    responses=responses(RuleExists, TooManyRules),
)
async def create_rate(rate: TaxRateIn, ctx: Ctx, _staff: Writer) -> TaxRateView:
    """When a tax is raised: give the old rate its end, and the new one its beginning."""
    return TaxRateView.of(await change_taxes.create_rate(ctx, rate.fields))


@router.put(
    "/rates/{rate_id}",
    summary="Change a rate",
    operation_id="replace_tax_rate",
    responses=responses(NotFound, RuleChanged, RuleExists),
)
async def replace_rate(rate_id: UUID, rate: TaxRateChange, ctx: Ctx, _staff: Writer) -> TaxRateView:
    """All of its fields. Orders that are placed keep their tax."""
    return TaxRateView.of(await change_taxes.replace_rate(ctx, rate_id, rate.version, rate.fields))


@router.delete(
    "/rates/{rate_id}",
    status_code=204,
    summary="Delete a rate",
    operation_id="delete_tax_rate",
    responses=responses(NotFound, RuleChanged),
)
async def delete_rate(rate_id: UUID, version: OfVersion, ctx: Ctx, _staff: Writer) -> None:
    """Orders that are placed keep their tax."""
    await change_taxes.delete_rate(ctx, rate_id, version)


@router.get("/settings", summary="How the shop is taxed", operation_id="read_tax_settings")
async def read_settings(ctx: Ctx, _staff: Reader) -> TaxSettingsModel:
    """Where it is, which prices are listed without tax, and how shipping is taxed."""
    return TaxSettingsModel.of(*await change_taxes.read_settings(ctx))


@router.put(
    "/settings",
    summary="Say how the shop is taxed",
    operation_id="replace_tax_settings",
    responses=responses(RuleChanged),
)
@bodies.limited_to(keys=_SETTINGS_KEYS)
async def put_settings(settings: TaxSettingsModel, ctx: Ctx, _staff: Writer) -> TaxSettingsModel:
    """All of it. `version`: the one that was read."""
    wanted, shipping = settings.stored
    await change_taxes.put_settings(ctx, wanted, shipping)
    return TaxSettingsModel.of(replace(wanted, version=wanted.version + 1), shipping)
