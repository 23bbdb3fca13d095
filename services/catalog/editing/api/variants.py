"""Variants of a product, for staff. Each answer has the variants that it is about, and never all.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from catalog.api.hot import TAG
from catalog.api.public import SlugInPath
from catalog.api.schemas.admin import admin_variant
from catalog.context import Ctx
from catalog.editing.api.models import AddedVariants, ChangedVariant, NewVariants, VariantPatch, made_variants
from catalog.editing.problems import OptionsTaken, SkuTaken, TooManyVariants
from catalog.editing.usecases.add_variants import add_variants
from catalog.editing.usecases.change_variant import change_variant
from chassis.auth import Principal, require
from chassis.problems import NotFound, responses
from chassis.web import (
    IDEMPOTENCY_PROBLEMS,
    PRECONDITION_PROBLEMS,
    IdempotencyKey,
    IdempotentResponse,
    IfMatch,
    bodies,
    etag,
    idempotent,
)

router = APIRouter(prefix="/api/v1/admin/products/{slug}/variants", tags=["staff: catalog"])
Writer = Annotated[Principal, Depends(require("catalog:write"))]
VariantInPath = Annotated[UUID, Path(description="The variant's id", examples=["0192f0c1-7a2b-7c3d-8e4f-5a6b7c8d9e0f"])]


@router.post(
    "",
    status_code=201,
    summary="Add variants to a product",
    operation_id="add_variants",
    response_model=AddedVariants,
    responses=responses(
        *(NotFound, SkuTaken, OptionsTaken, TooManyVariants), *IDEMPOTENCY_PROBLEMS, *PRECONDITION_PROBLEMS
    ),
)
@bodies.limited_to(keys=12_000)
async def add(
    slug: SlugInPath, body: NewVariants, key: IdempotencyKey, version: IfMatch, ctx: Ctx, staff: Writer
) -> Response:
    """All or none, with their prices and their stock; 250 at once, and 2,000 of a product."""

    async def work(first_id: UUID) -> IdempotentResponse:
        wanted = made_variants(first_id, body.variants)
        done = await add_variants(ctx, slug, version, wanted, staff.account_id)
        headers = {"ETag": etag(done.product.version)}
        return IdempotentResponse(201, AddedVariants.of(done.product, done.added), headers)

    request = {"slug": slug, "version": version, "body": body}
    answer = await idempotent(ctx, scope=f"variants.add:{staff.account_id}", key=key, request=request, work=work)
    await ctx.cache.invalidate(TAG)
    return answer


@router.patch(
    "/{variant_id}",
    summary="Change a variant",
    operation_id="change_variant",
    responses=responses(NotFound, SkuTaken, OptionsTaken, TooManyVariants, *PRECONDITION_PROBLEMS),
)
async def change(
    slug: SlugInPath,
    variant_id: VariantInPath,
    body: VariantPatch,
    version: IfMatch,
    ctx: Ctx,
    _staff: Writer,
    response: Response,
) -> ChangedVariant:
    """What is left out stays as it is. A variant that was sold is never deleted: `active` false retires it."""
    done = await change_variant(ctx, slug, variant_id, version, body.wish)
    await ctx.cache.invalidate(TAG)
    response.headers["ETag"] = etag(done.version)
    shown = admin_variant(done.variant, ctx.settings.currency)
    return ChangedVariant.model_validate({"version": done.version, "variant": shown})
