"""Endpoints for staff: translations, texts for search engines, slugs.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from catalog.api.hot import TAG
from catalog.api.schemas.public import Language
from catalog.content.api.models import (
    ContentView,
    KindOfThing,
    KindWithPages,
    SeoFields,
    SeoView,
    SlugChange,
    SlugView,
    TranslationChange,
    TranslationView,
)
from catalog.content.problems import SlugTaken, TooManyTranslations
from catalog.content.usecases import change_slug, delete_translation, put_translation, read_content, set_seo
from catalog.context import Ctx
from chassis.auth import Principal, require
from chassis.problems import Invalid, NotFound, responses
from chassis.web import PRECONDITION_PROBLEMS, IfMatch, etag

router = APIRouter(prefix="/api/v1/admin/content/items", tags=["staff: catalog"])
Reader = Annotated[Principal, Depends(require("catalog:read"))]
Writer = Annotated[Principal, Depends(require("catalog:write"))]
OfKind = Annotated[KindOfThing, Path(description="What it is", examples=["products"])]
OfKindWithPages = Annotated[KindWithPages, Path(description="What it is", examples=["products"])]
OfId = Annotated[UUID, Path(description="Its id", examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c05"])]
OfLanguage = Annotated[Language, Path(description="The language of the texts", examples=["de"])]


@router.get(
    "/{kind}/{item_id}",
    summary="Languages, slugs and texts for search engines",
    operation_id="read_content",
    responses=responses(NotFound),
)
async def read(kind: OfKind, item_id: OfId, ctx: Ctx, _who: Reader, response: Response) -> ContentView:
    """Of a product, a collection or a category; carries its version as ETag."""
    found = ContentView.of(await read_content.read_content(ctx, kind, item_id))
    response.headers["ETag"] = etag(found.version)
    return found


@router.get(
    "/{kind}/{item_id}/translations/{language}",
    summary="Texts in another language",
    operation_id="read_translation",
    responses=responses(NotFound),
)
async def read_one(
    kind: OfKind, item_id: OfId, language: OfLanguage, ctx: Ctx, _who: Reader, response: Response
) -> TranslationView:
    """Those in exactly this language, as they were written; carries the version of what they are of as ETag."""
    found, version = await read_content.read_translation(ctx, kind, item_id, language)
    response.headers["ETag"] = etag(version)
    return TranslationView.of(found, version)


@router.put(
    "/{kind}/{item_id}/translations/{language}",
    summary="Write texts in another language",
    operation_id="write_translation",
    responses=responses(Invalid, NotFound, TooManyTranslations, *PRECONDITION_PROBLEMS),
)
async def write(
    kind: OfKind,
    item_id: OfId,
    language: OfLanguage,
    body: TranslationChange,
    version: IfMatch,
    ctx: Ctx,
    _who: Writer,
    response: Response,
) -> TranslationView:
    """All of them; what is left out is shown in the shop's own language. There can be 20."""
    done, now = await put_translation.put_translation(ctx, kind, item_id, language, version, body.texts)
    await ctx.cache.invalidate(TAG)
    response.headers["ETag"] = etag(now)
    return TranslationView.of(done, now)


@router.delete(
    "/{kind}/{item_id}/translations/{language}",
    status_code=204,
    summary="Delete texts in another language",
    operation_id="delete_translation",
    responses=responses(NotFound, *PRECONDITION_PROBLEMS),
)
async def delete(kind: OfKind, item_id: OfId, language: OfLanguage, version: IfMatch, ctx: Ctx, _who: Writer) -> None:
    """The shop's own language is shown from then on. Those that are gone already are no fault."""
    await delete_translation.delete_translation(ctx, kind, item_id, language, version)
    await ctx.cache.invalidate(TAG)


@router.put(
    "/{kind}/{item_id}/seo",
    summary="Set what search engines show",
    operation_id="set_seo",
    responses=responses(Invalid, NotFound, *PRECONDITION_PROBLEMS),
)
async def put_seo(
    kind: OfKindWithPages,
    item_id: OfId,
    body: SeoFields,
    version: IfMatch,
    ctx: Ctx,
    _who: Writer,
    response: Response,
) -> SeoView:
    """In the shop's own language, of a product or a collection."""
    done = await set_seo.set_seo(ctx, kind, item_id, version, body.title, body.description)
    await ctx.cache.invalidate(TAG)
    response.headers["ETag"] = etag(done.version)
    return SeoView(title=done.seo_title, description=done.seo_description, version=done.version)


@router.put(
    "/products/{item_id}/slug",
    summary="Change the slug of a product",
    operation_id="change_product_slug",
    responses=responses(Invalid, NotFound, SlugTaken, *PRECONDITION_PROBLEMS),
)
async def put_slug(
    item_id: OfId, body: SlugChange, version: IfMatch, ctx: Ctx, _who: Writer, response: Response
) -> SlugView:
    """The slug before leads to the product from then on, and so do all that it had, in one step. A slug that another
    product has left is free: it leads there no more.
    """
    done = await change_slug.change_slug(ctx, item_id, version, body.slug)
    await ctx.cache.invalidate(TAG)
    response.headers["ETag"] = etag(done.version)
    return SlugView(slug=done.slug, version=done.version)
