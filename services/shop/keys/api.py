"""API keys, for staff; and what other services ask about them.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Path, Response

from chassis.auth import Principal, StepUpRequired, internal_router, require, require_recent
from chassis.problems import Forbidden, Invalid, NotFound, responses
from chassis.web import Page, Paged, pagination
from shop.context import Ctx
from shop.keys.models import ApiKeyView, MadeApiKey, NewApiKey
from shop.keys.usecases.end_key import end_key
from shop.keys.usecases.find_key import find_key
from shop.keys.usecases.list_keys import list_keys
from shop.keys.usecases.make_key import make_key
from shop.problems import TooManyKeys

PREFIX = "/api/v1/admin/api-keys"
router = APIRouter(prefix=PREFIX, tags=["staff: api keys"])
internal = internal_router()
KeyId = Annotated[UUID, Path(description="The key's id", examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c0a"])]


@router.get("", summary="List API keys", dependencies=[Depends(require("keys:write"))])
async def list_api_keys(ctx: Ctx, page: Paged) -> Page[ApiKeyView]:
    """The newest first; those that have ended too, for 400 days."""
    before = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None
    found = await list_keys(ctx, before, page.limit + 1)
    shown = found[: page.limit]
    cursor = pagination.encode((shown[-1].id,)) if len(found) > page.limit else None
    return Page(items=[ApiKeyView.of(each) for each in shown], next_cursor=cursor)


@router.post(
    "",
    status_code=201,
    summary="Make an API key",
    responses=responses(Invalid, StepUpRequired, Forbidden, TooManyKeys),
)
async def make_api_key(
    body: NewApiKey, ctx: Ctx, response: Response, staff: Annotated[Principal, Depends(require_recent("keys:write"))]
) -> MadeApiKey:
    """The answer alone has the secret: nobody can read it later. A second request makes a second key."""
    response.headers["Cache-Control"] = "no-store"
    made, secret = await make_key(ctx, staff, body.title, body.scopes, body.expires_at)
    return MadeApiKey.shown(made, secret)


@router.delete("/{key_id}", status_code=204, summary="Delete an API key", dependencies=[Depends(require("keys:write"))])
async def delete_api_key(key_id: KeyId, ctx: Ctx) -> None:
    """It opens nothing any more, within 3 seconds in all services. A key that has ended already is no fault."""
    await end_key(ctx, key_id)


@internal.get("/api-keys/{key_hash}")
async def read_key_facts(key_hash: Annotated[str, Path(pattern="^[0-9a-f]{64}$")], ctx: Ctx) -> Response:
    """What the living key with this SHA-256 may do. Raises NotFound."""
    found = await find_key(ctx, bytes.fromhex(key_hash))
    if found is None:
        raise NotFound("There is no such key.")
    return Response(msgspec.json.encode(found), media_type="application/json")


routers = (router, internal)
