"""Create products, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from catalog.api.hot import TAG
from catalog.api.public import SlugInPath
from catalog.context import Ctx
from catalog.editing.api.models import Duplicate, NewProductBody, ProductSummary
from catalog.editing.api.moments import PublicationView, PublicationWish
from catalog.editing.problems import NotADraft, SkuTaken, SlugTaken, TooManyVariants
from catalog.editing.store.products import Summary
from catalog.editing.usecases.create_product import create_product
from catalog.editing.usecases.duplicate_product import duplicate_product
from catalog.editing.usecases.publish_later import publish_later, read_publication
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

router = APIRouter(prefix="/api/v1/admin/products", tags=["staff: catalog"])
Reader = Annotated[Principal, Depends(require("catalog:read"))]
Writer = Annotated[Principal, Depends(require("catalog:write"))]


@router.post(
    "",
    status_code=201,
    summary="Create a product",
    operation_id="create_product",
    response_model=ProductSummary,
    responses=responses(*IDEMPOTENCY_PROBLEMS, SlugTaken, SkuTaken),
)
@bodies.limited_to(keys=12_000)
async def create(body: NewProductBody, key: IdempotencyKey, ctx: Ctx, staff: Writer) -> Response:
    """With its variants, their prices and their stock, all or nothing. A draft is seen by staff alone."""

    async def work(product_id: UUID) -> IdempotentResponse:
        return created(await create_product(ctx, product_id, body.made(), staff.account_id))

    answer = await idempotent(ctx, scope=f"products.create:{staff.account_id}", key=key, request=body, work=work)
    await ctx.cache.invalidate(TAG)
    return answer


@router.post(
    "/{slug}/duplicate",
    status_code=201,
    summary="Duplicate a product",
    operation_id="duplicate_product",
    response_model=ProductSummary,
    responses=responses(*IDEMPOTENCY_PROBLEMS, NotFound, SlugTaken, SkuTaken, TooManyVariants),
)
async def duplicate(slug: SlugInPath, body: Duplicate, key: IdempotencyKey, ctx: Ctx, staff: Writer) -> Response:
    """A draft with its texts, options, variants on sale, prices and stored pictures; with SKUs of its own, no barcodes
    and nothing on the shelf.
    """

    async def work(product_id: UUID) -> IdempotentResponse:
        return created(await duplicate_product(ctx, slug, product_id, slug=body.slug, title=body.title))

    request = {"source": slug, "body": body}
    return await idempotent(ctx, scope=f"products.duplicate:{staff.account_id}", key=key, request=request, work=work)


@router.get(
    "/{slug}/publication",
    summary="Read when a product is to be shown",
    operation_id="read_publication",
    responses=responses(NotFound),
)
async def read_moment(slug: SlugInPath, ctx: Ctx, _staff: Reader) -> PublicationView:
    """A draft may wait for its moment; any other product has none."""
    return PublicationView.model_validate(await read_publication(ctx, slug), from_attributes=True)


@router.put(
    "/{slug}/publication",
    summary="Show a draft later",
    operation_id="set_publication",
    responses=responses(NotFound, NotADraft, *PRECONDITION_PROBLEMS),
)
async def set_moment(
    slug: SlugInPath, body: PublicationWish, version: IfMatch, ctx: Ctx, _staff: Writer, response: Response
) -> PublicationView:
    """It becomes active within seconds after the moment. Setting its status by hand forgets the moment."""
    done = await publish_later(ctx, slug, version, body.publish_at)
    response.headers["ETag"] = etag(done.version)
    return PublicationView.model_validate(done, from_attributes=True)


def created(product: Summary) -> IdempotentResponse:
    """The answer about a product that is new."""
    headers = {"Location": f"/api/v1/admin/products/{product.slug}", "ETag": etag(product.version)}
    return IdempotentResponse(201, ProductSummary.of(product), headers)
