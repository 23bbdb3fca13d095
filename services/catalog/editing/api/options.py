"""Options of a product, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from catalog.api.hot import TAG
from catalog.api.public import SlugInPath
from catalog.context import Ctx
from catalog.editing.api.models import OptionList, ProductSummary
from catalog.editing.problems import OptionsTaken
from catalog.editing.usecases.set_options import set_options
from chassis.auth import Principal, require
from chassis.problems import NotFound, responses
from chassis.web import PRECONDITION_PROBLEMS, IfMatch, etag

router = APIRouter(prefix="/api/v1/admin/products/{slug}/options", tags=["staff: catalog"])
Writer = Annotated[Principal, Depends(require("catalog:write"))]


@router.put(
    "",
    summary="Set the options of a product",
    operation_id="set_options",
    responses=responses(NotFound, OptionsTaken, *PRECONDITION_PROBLEMS),
)
async def put(
    slug: SlugInPath, body: OptionList, version: IfMatch, ctx: Ctx, _staff: Writer, response: Response
) -> ProductSummary:
    """Rename, reorder, add or remove them: the values of all variants follow, and their ids, SKUs and stock stay."""
    done = await set_options(ctx, slug, version, body.wish)
    await ctx.cache.invalidate(TAG)
    response.headers["ETag"] = etag(done.version)
    return ProductSummary.of(done)
