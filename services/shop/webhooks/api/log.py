"""What endpoints of webhooks were told, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from chassis.auth import require
from chassis.problems import NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, Page, Paged, idempotent, pagination
from shop.context import Ctx
from shop.webhooks.api.models import DeliveryView, State, TestSent
from shop.webhooks.api.routes import PREFIX, Keeper, WebhookId
from shop.webhooks.usecases.read_log import read_log
from shop.webhooks.usecases.send_again import send_again
from shop.webhooks.usecases.send_test import send_test

router = APIRouter(prefix=PREFIX, tags=["staff: webhooks"])
MessageId = Annotated[UUID, Path(description="The message's id", examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c0c"])]
_KEEPER = [Depends(require("webhooks:write"))]


@router.get(
    "/{webhook_id}/deliveries",
    summary="List what a webhook was told",
    dependencies=_KEEPER,
    responses=responses(NotFound),
)
async def list_webhook_deliveries(
    webhook_id: WebhookId,
    ctx: Ctx,
    page: Paged,
    state: Annotated[State | None, Query(description="Those alone that stand so", examples=["failed"])] = None,
) -> Page[DeliveryView]:
    """The newest first, for 30 days."""
    before = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None
    found = await read_log(ctx, webhook_id, before, state, page.limit + 1)
    shown = found[: page.limit]
    cursor = pagination.encode((shown[-1].message_id,)) if len(found) > page.limit else None
    return Page(items=[DeliveryView.of(each) for each in shown], next_cursor=cursor)


@router.post(
    "/{webhook_id}/deliveries/{message_id}/redeliver",
    status_code=202,
    summary="Send a message of a webhook again",
    dependencies=_KEEPER,
    responses=responses(NotFound),
)
async def redeliver_webhook_message(webhook_id: WebhookId, message_id: MessageId, ctx: Ctx) -> None:
    """At once and under the same id. Its tries are counted anew, so that it has as many as a new message."""
    await send_again(ctx, webhook_id, message_id)


@router.post(
    "/{webhook_id}/tests",
    status_code=202,
    summary="Send a webhook a test",
    response_model=TestSent,
    responses=responses(NotFound, *IDEMPOTENCY_PROBLEMS),
)
async def send_webhook_test(webhook_id: WebhookId, key: IdempotencyKey, ctx: Ctx, staff: Keeper) -> Response:
    """A message `webhook.test`, sent as any other; the log tells what became of it."""

    async def work(message_id: UUID) -> IdempotentResponse:
        await send_test(ctx, webhook_id, message_id)
        return IdempotentResponse(202, TestSent(message_id=message_id))

    scope = f"webhooks.test:{staff.account_id}"
    return await idempotent(ctx, scope=scope, key=key, request=str(webhook_id), work=work)
