"""The shop's settings, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from chassis.auth import require
from chassis.problems import Invalid, responses
from shop.context import Ctx
from shop.problems import LanguageInUse, ProfileChanged
from shop.profile.api.models import Kind, Language, PolicyChange, PolicyView, ProfileChange, StaffShopView
from shop.profile.currencies import check, shown
from shop.profile.usecases.change_profile import change_profile
from shop.profile.usecases.delete_policy import delete_policy
from shop.profile.usecases.put_policy import put_policy
from shop.profile.usecases.read_profile import read_profile

router = APIRouter(prefix="/api/v1/admin/shop", tags=["staff: shop"])
_WRITE = [Depends(require("settings:write"))]
KindInPath = Annotated[Kind, Path(description="What it is about", examples=["returns"])]
LanguageInPath = Annotated[Language, Path(description="One of the shop's languages", examples=["en"])]


@router.get("", summary="Read the shop's settings", dependencies=[Depends(require("settings:read"))])
async def read_shop_settings(ctx: Ctx) -> StaffShopView:
    """All of them, with the version that a change has to name."""
    found, headings = await read_profile(ctx)
    return StaffShopView.of(found, headings, shown(ctx.settings, found.currencies))


@router.put(
    "",
    summary="Change the shop's settings",
    dependencies=_WRITE,
    responses=responses(Invalid, ProfileChanged, LanguageInUse),
)
async def change_shop_settings(body: ProfileChange, ctx: Ctx) -> StaffShopView:
    """All of them at once. Everybody sees the new ones within seconds."""
    check(ctx.settings, body.currencies)
    found, headings = await change_profile(ctx, body.version, body.wish())
    return StaffShopView.of(found, headings, shown(ctx.settings, found.currencies))


@router.put(
    "/policies/{kind}/{language}",
    summary="Write a policy of the shop",
    dependencies=_WRITE,
    responses=responses(Invalid),
)
async def write_shop_policy(kind: KindInPath, language: LanguageInPath, body: PolicyChange, ctx: Ctx) -> PolicyView:
    """The whole text, in place of the one that was there."""
    return PolicyView.whole(await put_policy(ctx, kind, language, body.title, body.body))


@router.delete(
    "/policies/{kind}/{language}", status_code=204, summary="Delete a policy of the shop", dependencies=_WRITE
)
async def delete_shop_policy(kind: KindInPath, language: LanguageInPath, ctx: Ctx) -> None:
    """In one language. A text that is gone already is no fault."""
    await delete_policy(ctx, kind, language)
