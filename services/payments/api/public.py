"""For everybody: what a browser needs to pay, and Stripe's webhooks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import Field

from chassis.limits import public_read
from chassis.problems import Malformed, TooLarge, responses
from payments.context import Ctx
from payments.problems import ForgedWebhook, WrongWebhook
from payments.provider.signature import LONGEST_HEADER
from payments.schemas import Configuration, Received
from payments.usecases.receive_webhook import receive_webhook

WEBHOOK_LIMIT = 256 * 1024
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}, "example": {"id": "evt_3QAbc", "object": "event"}}
        },
    }
}

router = APIRouter()


@router.get(
    "/api/v1/payments/configuration",
    tags=["payments"],
    summary="How to pay here",
    operation_id="read_payment_configuration",
    dependencies=[Depends(public_read)],
)
async def configuration(ctx: Ctx, response: Response) -> Configuration:
    """The provider, the card form's script, and the publishable key."""
    response.headers["Cache-Control"] = "public, max-age=60"
    settings = ctx.settings
    return Configuration(
        provider=settings.provider,
        script_url=settings.script_url,
        publishable_key=settings.stripe_publishable_key,
        pay_url=settings.stripe_pay_url or None,
        methods=settings.payment_methods,
    )


@router.post(
    "/webhooks/stripe",
    summary="Receive a webhook of Stripe",
    tags=["webhooks"],
    operation_id="receive_stripe_webhook",
    openapi_extra=_BODY,
    responses=responses(ForgedWebhook, WrongWebhook, Malformed, TooLarge),
)
async def webhook(
    request: Request,
    ctx: Ctx,
    stripe_signature: Annotated[
        Annotated[str, Field(json_schema_extra={"maxLength": LONGEST_HEADER})] | None,
        Header(alias="Stripe-Signature", description="Made by Stripe over the body"),
    ] = None,
) -> Received:
    """Stored, and applied at once or soon after. A repeated webhook changes nothing, in whatever order."""
    body = await request.body()
    if len(body) > WEBHOOK_LIMIT:
        raise TooLarge("A webhook has at most 256 KiB.")
    await receive_webhook(ctx, body, stripe_signature)
    return Received()
