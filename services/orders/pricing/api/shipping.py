"""Zones and methods of shipping, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from chassis.auth import Principal, require
from chassis.problems import NotFound, responses
from chassis.web import bodies
from orders.context import Ctx
from orders.pricing.api.shipping_models import (
    MethodChange,
    MethodIn,
    MethodView,
    ZoneChange,
    ZoneIn,
    Zones,
    ZoneView,
)
from orders.pricing.problems import RuleChanged, RuleExists, TooManyRules
from orders.pricing.usecases import change_methods, change_zones

router = APIRouter(prefix="/api/v1/admin/shipping", tags=["staff: shipping"])
Reader = Annotated[Principal, Depends(require("pricing:read"))]
Writer = Annotated[Principal, Depends(require("pricing:write"))]
OfVersion = Annotated[int, Query(ge=1, le=2_147_483_647, description="The one that was read", examples=[1])]
# 500 places of three keys.
_ZONE_KEYS = 2_000
# 50 currencies of 50 bands of two keys.
_METHOD_KEYS = 6_000


@router.get("/zones", summary="All zones with their methods", operation_id="list_shipping_zones")
async def list_zones(ctx: Ctx, _staff: Reader) -> Zones:
    """By title. Without any, shipping costs the flat rate of the settings everywhere."""
    return Zones(items=[ZoneView.of(each) for each in await change_zones.list_zones(ctx)])


@router.post(
    "/zones",
    status_code=201,
    summary="Make a zone",
    operation_id="create_shipping_zone",
    responses=responses(RuleExists, TooManyRules),
)
@bodies.limited_to(keys=_ZONE_KEYS)
async def create_zone(zone: ZoneIn, ctx: Ctx, _staff: Writer) -> ZoneView:
    """With the first zone the flat rate ends: what lies in no zone is not shipped to. It has no methods yet."""
    return ZoneView.of(await change_zones.create_zone(ctx, zone.fields))


@router.put(
    "/zones/{zone_id}",
    summary="Change a zone",
    operation_id="replace_shipping_zone",
    responses=responses(NotFound, RuleChanged, RuleExists, TooManyRules),
)
@bodies.limited_to(keys=_ZONE_KEYS)
async def replace_zone(zone_id: UUID, zone: ZoneChange, ctx: Ctx, _staff: Writer) -> ZoneView:
    """All of its fields; its methods stay. `rule-changed`: somebody was faster, read it again."""
    return ZoneView.of(await change_zones.replace_zone(ctx, zone_id, zone.version, zone.fields))


@router.delete(
    "/zones/{zone_id}",
    status_code=204,
    summary="Delete a zone",
    operation_id="delete_shipping_zone",
    responses=responses(NotFound, RuleChanged),
)
async def delete_zone(zone_id: UUID, version: OfVersion, ctx: Ctx, _staff: Writer) -> None:
    """With its methods. Orders that are placed keep their shipping."""
    await change_zones.delete_zone(ctx, zone_id, version)


@router.post(
    "/zones/{zone_id}/methods",
    status_code=201,
    summary="Make a method",
    operation_id="create_shipping_method",
    responses=responses(NotFound, RuleExists, TooManyRules),
)
@bodies.limited_to(keys=_METHOD_KEYS)
async def create_method(zone_id: UUID, method: MethodIn, ctx: Ctx, _staff: Writer) -> MethodView:
    """Of a zone. In a currency without a rate it is not offered."""
    return MethodView.of(await change_methods.create_method(ctx, zone_id, method.fields))


@router.put(
    "/methods/{method_id}",
    summary="Change a method",
    operation_id="replace_shipping_method",
    responses=responses(NotFound, RuleChanged, RuleExists),
)
@bodies.limited_to(keys=_METHOD_KEYS)
async def replace_method(method_id: UUID, method: MethodChange, ctx: Ctx, _staff: Writer) -> MethodView:
    """All of its fields. Orders that are placed keep their price."""
    return MethodView.of(await change_methods.replace_method(ctx, method_id, method.version, method.fields))


@router.delete(
    "/methods/{method_id}",
    status_code=204,
    summary="Delete a method",
    operation_id="delete_shipping_method",
    responses=responses(NotFound, RuleChanged),
)
async def delete_method(method_id: UUID, version: OfVersion, ctx: Ctx, _staff: Writer) -> None:
    """Orders that are placed keep it."""
    await change_methods.delete_method(ctx, method_id, version)
