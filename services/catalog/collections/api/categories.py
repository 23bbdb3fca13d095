"""Endpoints for staff: the tree of categories.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from catalog.api.hot import TAG
from catalog.collections.api.admin import OfVersion, Reader, Writer
from catalog.collections.api.category_models import (
    AssignedProduct,
    AssignedProducts,
    CategoryChange,
    NewCategory,
    ShelfAssignment,
    StaffCategories,
    StaffCategory,
)
from catalog.collections.problems import (
    CategoryChanged,
    CategoryInUse,
    CategoryMisplaced,
    SlugTaken,
    TooManyCategories,
)
from catalog.collections.usecases import keep_category
from catalog.collections.usecases.assign_category import assign_category, preview_assignment
from catalog.collections.usecases.read_categories import all_categories
from catalog.context import Ctx
from chassis.problems import Invalid, NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, idempotent

PREFIX = "/api/v1/admin/categories"
router = APIRouter(prefix=PREFIX, tags=["staff: catalog"])
OfId = Annotated[UUID, Path(description="The category's id", examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c07"])]


@router.get("", summary="All categories", operation_id="list_any_categories")
async def list_all(ctx: Ctx, _who: Reader) -> StaffCategories:
    """The whole tree, parents first: there are 1,000 at most."""
    return StaffCategories(items=[StaffCategory.of(each) for each in await all_categories(ctx)])


@router.post(
    "",
    status_code=201,
    summary="Make a category",
    operation_id="create_category",
    response_model=StaffCategory,
    responses=responses(Invalid, SlugTaken, TooManyCategories, CategoryMisplaced, *IDEMPOTENCY_PROBLEMS),
)
async def create(body: NewCategory, key: IdempotencyKey, ctx: Ctx, who: Writer) -> Response:
    """At the top, or in another one; at most 6 deep."""

    async def work(category_id: UUID) -> IdempotentResponse:
        made = await keep_category.create_category(ctx, category_id, body.fields)
        await ctx.cache.invalidate(TAG)
        return IdempotentResponse(201, StaffCategory.of(made), {"Location": f"{PREFIX}/{category_id}"})

    return await idempotent(ctx, scope=f"categories.create:{who.account_id}", key=key, request=body, work=work)


@router.post(
    "/assignments",
    summary="Put products into a category",
    operation_id="assign_category",
    responses=responses(Invalid, NotFound),
)
async def assign(body: ShelfAssignment, ctx: Ctx, _who: Writer) -> AssignedProducts:
    """Out of the one before: a product stands in one category, and so in all above it. `items` say what became of each.
    Sent again, it changes nothing more.
    """
    wanted = sorted(set(body.product_ids))
    if body.preview:
        done = await preview_assignment(ctx, body.category_id, wanted)
    else:
        done = await assign_category(ctx, body.category_id, wanted)
        await ctx.cache.invalidate(TAG)
    return AssignedProducts(items=[AssignedProduct.model_validate(each, from_attributes=True) for each in done])


@router.put(
    "/{category_id}",
    summary="Change or move a category",
    operation_id="change_category",
    responses=responses(Invalid, NotFound, CategoryChanged, SlugTaken, CategoryMisplaced),
)
async def change(category_id: OfId, body: CategoryChange, ctx: Ctx, _who: Writer) -> StaffCategory:
    """The whole of it. With another parent all below it moves along; never below itself."""
    changed = await keep_category.change_category(ctx, category_id, body.version, body.fields)
    await ctx.cache.invalidate(TAG)
    return StaffCategory.of(changed)


@router.delete(
    "/{category_id}",
    status_code=204,
    summary="Delete a category",
    operation_id="delete_category",
    responses=responses(CategoryChanged, CategoryInUse),
)
async def delete(category_id: OfId, version: OfVersion, ctx: Ctx, _who: Writer) -> None:
    """One without products and without categories below it. One that is gone already is no fault."""
    await keep_category.delete_category(ctx, category_id, version)
    await ctx.cache.invalidate(TAG)
