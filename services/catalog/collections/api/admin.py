"""Endpoints for staff: collections.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from catalog.api.hot import TAG
from catalog.collections.api.models import (
    CollectionChange,
    CollectionProducts,
    NewCollection,
    StaffCollection,
    StaffCollectionDetail,
)
from catalog.collections.problems import CollectionChanged, FilledByRule, SlugTaken, TooManyCollections
from catalog.collections.usecases import keep_collection, read_collections
from catalog.collections.usecases.set_products import set_products
from catalog.context import Ctx
from chassis.auth import Principal, require
from chassis.problems import Invalid, NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, Page, Paged, idempotent, pagination

PREFIX = "/api/v1/admin/collections"
router = APIRouter(prefix=PREFIX, tags=["staff: catalog"])
Reader = Annotated[Principal, Depends(require("catalog:read"))]
Writer = Annotated[Principal, Depends(require("catalog:write"))]
OfId = Annotated[UUID, Path(description="The collection's id", examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c06"])]
OfVersion = Annotated[int, Query(ge=1, le=2_147_483_647, description="The one that was read", examples=[1])]


@router.get("", summary="All collections, newest first", operation_id="list_any_collections")
async def list_all(ctx: Ctx, _who: Reader, page: Paged) -> Page[StaffCollection]:
    """Those that shoppers do not see, too."""
    before = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None
    found = await read_collections.list_collections(ctx, before, page.limit + 1, published_only=False)
    shown = found[: page.limit]
    cursor = pagination.encode((shown[-1].id,)) if len(found) > page.limit else None
    return Page(items=[StaffCollection.of(each) for each in shown], next_cursor=cursor)


@router.post(
    "",
    status_code=201,
    summary="Make a collection",
    operation_id="create_collection",
    response_model=StaffCollection,
    responses=responses(Invalid, SlugTaken, TooManyCollections, *IDEMPOTENCY_PROBLEMS),
)
async def create(body: NewCollection, key: IdempotencyKey, ctx: Ctx, who: Writer) -> Response:
    """With a rule it finds its products within seconds, now and whenever one changes; without one, put them into it."""

    async def work(collection_id: UUID) -> IdempotentResponse:
        made = await keep_collection.create_collection(ctx, collection_id, body.fields)
        await ctx.cache.invalidate(TAG)
        return IdempotentResponse(201, StaffCollection.of(made), {"Location": f"{PREFIX}/{collection_id}"})

    return await idempotent(ctx, scope=f"collections.create:{who.account_id}", key=key, request=body, work=work)


@router.get(
    "/{collection_id}",
    summary="A collection with its products",
    operation_id="read_any_collection",
    responses=responses(NotFound),
)
async def read(collection_id: OfId, ctx: Ctx, _who: Reader) -> StaffCollectionDetail:
    """Products in whatever status; those of a rule are seconds behind a change at most."""
    return StaffCollectionDetail.of(await read_collections.read_collection(ctx, collection_id))


@router.put(
    "/{collection_id}",
    summary="Change a collection",
    operation_id="change_collection",
    responses=responses(Invalid, NotFound, CollectionChanged, SlugTaken),
)
async def change(collection_id: OfId, body: CollectionChange, ctx: Ctx, _who: Writer) -> StaffCollection:
    """The whole of it. One by hand stays so, and one by rule, too."""
    changed = await keep_collection.change_collection(ctx, collection_id, body.version, body.fields)
    await ctx.cache.invalidate(TAG)
    return StaffCollection.of(changed)


@router.put(
    "/{collection_id}/products",
    summary="Set the products of a collection",
    operation_id="set_collection_products",
    responses=responses(Invalid, NotFound, CollectionChanged, FilledByRule),
)
async def set_all(collection_id: OfId, body: CollectionProducts, ctx: Ctx, _who: Writer) -> StaffCollection:
    """All of them in their order, of one by hand. Products that enter or leave it get a new version."""
    changed = await set_products(ctx, collection_id, body.version, body.product_ids)
    await ctx.cache.invalidate(TAG)
    return StaffCollection.of(changed)


@router.delete(
    "/{collection_id}",
    status_code=204,
    summary="Delete a collection",
    operation_id="delete_collection",
    responses=responses(CollectionChanged),
)
async def delete(collection_id: OfId, version: OfVersion, ctx: Ctx, _who: Writer) -> None:
    """Its products stay. One that is gone already is no fault."""
    await keep_collection.delete_collection(ctx, collection_id, version)
    await ctx.cache.invalidate(TAG)
