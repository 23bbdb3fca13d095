"""Endpoints for staff: the pictures of a product.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from catalog.api.hot import TAG
from catalog.api.public import SlugInPath
from catalog.context import Ctx
from catalog.uploads.api.models import (
    ChangedPicture,
    PictureOrder,
    PictureText,
    PictureVariants,
    ProductPictures,
)
from catalog.uploads.problems import PicturesDiffer
from catalog.uploads.usecases.delete_picture import delete_picture
from catalog.uploads.usecases.describe_picture import describe_picture
from catalog.uploads.usecases.list_pictures import list_pictures
from catalog.uploads.usecases.order_pictures import order_pictures
from catalog.uploads.usecases.show_picture_by import show_picture_by
from chassis.auth import Principal, require
from chassis.problems import NotFound, responses
from chassis.web.preconditions import PRECONDITION_PROBLEMS, IfMatch, etag

router = APIRouter(prefix="/api/v1/admin/products/{slug}/pictures", tags=["staff: catalog"])
Reader = Annotated[Principal, Depends(require("catalog:read"))]
Writer = Annotated[Principal, Depends(require("catalog:write"))]
PictureId = Annotated[UUID, Path(description="The picture's id", examples=["0192f0c1-7a2b-7c3d-8e4f-5a6b7c8d9e0f"])]


@router.get(
    "", summary="The pictures of a product", operation_id="list_product_pictures", responses=responses(NotFound)
)
async def list_all(slug: SlugInPath, ctx: Ctx, _who: Reader, response: Response) -> ProductPictures:
    """In their order, also those that are still to be fetched."""
    found = ProductPictures.of(await list_pictures(ctx, slug))
    response.headers["ETag"] = etag(found.product_version)
    return found


@router.put(
    "/order",
    summary="Set the order of a product's pictures",
    operation_id="order_pictures",
    responses=responses(NotFound, PicturesDiffer, *PRECONDITION_PROBLEMS),
)
async def put_order(
    slug: SlugInPath, body: PictureOrder, ctx: Ctx, _who: Writer, version: IfMatch, response: Response
) -> ProductPictures:
    """The first is shown in lists, and where a variant has none of its own."""
    found = ProductPictures.of(await order_pictures(ctx, slug, body.picture_ids, version))
    await ctx.cache.invalidate(TAG)
    response.headers["ETag"] = etag(found.product_version)
    return found


@router.patch(
    "/{picture_id}",
    summary="Say what a picture shows",
    operation_id="describe_picture",
    responses=responses(NotFound, *PRECONDITION_PROBLEMS),
)
async def patch(
    slug: SlugInPath,
    picture_id: PictureId,
    body: PictureText,
    ctx: Ctx,
    _who: Writer,
    version: IfMatch,
    response: Response,
) -> ChangedPicture:
    """For those who do not see it; empty for a picture that only decorates."""
    changed = ChangedPicture.of(await describe_picture(ctx, slug, picture_id, body.alt, version))
    await ctx.cache.invalidate(TAG)
    response.headers["ETag"] = etag(changed.product_version)
    return changed


@router.put(
    "/{picture_id}/variants",
    summary="Say which variants show a picture",
    operation_id="show_picture_by_variants",
    responses=responses(NotFound, *PRECONDITION_PROBLEMS),
)
async def put_variants(
    slug: SlugInPath,
    picture_id: PictureId,
    body: PictureVariants,
    ctx: Ctx,
    _who: Writer,
    version: IfMatch,
    response: Response,
) -> ChangedPicture:
    """As their own, in place of the one that they showed before; the product's other variants do not."""
    changed = ChangedPicture.of(await show_picture_by(ctx, slug, picture_id, body.variant_ids, version))
    await ctx.cache.invalidate(TAG)
    response.headers["ETag"] = etag(changed.product_version)
    return changed


@router.delete(
    "/{picture_id}",
    status_code=204,
    summary="Delete a picture of a product",
    operation_id="delete_picture",
    responses=responses(NotFound, *PRECONDITION_PROBLEMS),
)
async def delete(slug: SlugInPath, picture_id: PictureId, ctx: Ctx, _who: Writer, version: IfMatch) -> None:
    """Variants that showed it show the product's first. One that is gone already is no fault."""
    await delete_picture(ctx, slug, picture_id, version)
    await ctx.cache.invalidate(TAG)
