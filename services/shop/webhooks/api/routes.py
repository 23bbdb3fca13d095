"""Endpoints of webhooks, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from chassis.auth import Principal, StepUpRequired, require, require_recent
from chassis.problems import Invalid, NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, Page, idempotent
from shop.context import Ctx
from shop.problems import EndpointChanged, TooManyEndpoints
from shop.webhooks.addresses import check
from shop.webhooks.api.models import NewWebhook, SecretChange, WebhookChange, WebhookSecrets, WebhookView
from shop.webhooks.usecases.change_endpoint import change_endpoint, roll_secret
from shop.webhooks.usecases.create_endpoint import create_endpoint
from shop.webhooks.usecases.delete_endpoint import delete_endpoint
from shop.webhooks.usecases.read_endpoints import list_endpoints, read_endpoint, read_for_secret

PREFIX = "/api/v1/admin/webhooks"
router = APIRouter(prefix=PREFIX, tags=["staff: webhooks"])
Keeper = Annotated[Principal, Depends(require("webhooks:write"))]
WebhookId = Annotated[UUID, Path(description="The endpoint's id", examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c0b"])]
_KEEPER = [Depends(require("webhooks:write"))]
_RECENT = [Depends(require_recent("webhooks:write"))]


@router.get("", summary="List webhooks", dependencies=_KEEPER)
async def list_webhooks(ctx: Ctx) -> Page[WebhookView]:
    """All endpoints, in the order in which they were made: on one page."""
    return Page(items=[WebhookView.of(each) for each in await list_endpoints(ctx)], next_cursor=None)


@router.post(
    "",
    status_code=201,
    summary="Create a webhook",
    response_model=WebhookView,
    responses=responses(Invalid, TooManyEndpoints, *IDEMPOTENCY_PROBLEMS),
)
async def create_webhook(body: NewWebhook, key: IdempotencyKey, ctx: Ctx, staff: Keeper) -> Response:
    """An endpoint that is told of these events from now on."""
    check(ctx.settings, body.url)

    async def work(endpoint_id: UUID) -> IdempotentResponse:
        made = await create_endpoint(ctx, endpoint_id, body.wish())
        return IdempotentResponse(201, WebhookView.of(made), {"Location": f"{PREFIX}/{endpoint_id}"})

    return await idempotent(ctx, scope=f"webhooks.create:{staff.account_id}", key=key, request=body, work=work)


@router.get("/{webhook_id}", summary="Read a webhook", dependencies=_KEEPER, responses=responses(NotFound))
async def read_webhook(webhook_id: WebhookId, ctx: Ctx) -> WebhookView:
    """One endpoint, without its secret."""
    return WebhookView.of(await read_endpoint(ctx, webhook_id))


@router.put(
    "/{webhook_id}",
    summary="Change a webhook",
    dependencies=_KEEPER,
    responses=responses(Invalid, NotFound, EndpointChanged),
)
async def change_webhook(webhook_id: WebhookId, body: WebhookChange, ctx: Ctx) -> WebhookView:
    """All of it. One that is switched on again is told what waits for it, and what happens from now on."""
    check(ctx.settings, body.url)
    return WebhookView.of(await change_endpoint(ctx, webhook_id, body.version, body.wish(body.status)))


@router.delete("/{webhook_id}", status_code=204, summary="Delete a webhook", dependencies=_KEEPER)
async def delete_webhook(webhook_id: WebhookId, ctx: Ctx) -> None:
    """With its log. One that is gone already is no fault."""
    await delete_endpoint(ctx, webhook_id)


@router.get(
    "/{webhook_id}/secret",
    summary="Read the secret of a webhook",
    dependencies=_RECENT,
    responses=responses(StepUpRequired, NotFound),
)
async def read_webhook_secret(webhook_id: WebhookId, ctx: Ctx, response: Response) -> WebhookSecrets:
    """What the receiver checks signatures with, as Standard Webhooks says."""
    response.headers["Cache-Control"] = "no-store"
    return WebhookSecrets.of(await read_for_secret(ctx, webhook_id), ctx.settings.webhook_key())


@router.post(
    "/{webhook_id}/secret",
    summary="Change the secret of a webhook",
    dependencies=_RECENT,
    responses=responses(Invalid, StepUpRequired, NotFound, EndpointChanged),
)
async def change_webhook_secret(
    webhook_id: WebhookId, body: SecretChange, ctx: Ctx, response: Response
) -> WebhookSecrets:
    """For a day messages bear signatures of both, so that the receiver can change its own in time."""
    response.headers["Cache-Control"] = "no-store"
    return WebhookSecrets.of(await roll_secret(ctx, webhook_id, body.version), ctx.settings.webhook_key())
