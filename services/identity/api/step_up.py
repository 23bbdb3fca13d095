"""Endpoint of the step-up: the password once more, within a session."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import Field

from chassis.auth import CurrentPrincipal
from chassis.limits import client_net
from chassis.problems import responses
from chassis.web import Model
from identity.api.schemas import AnyCode, AnyPassword
from identity.api.sign_in_limits import STEP_UP_LIMITS, limit_step_ups
from identity.context import Ctx
from identity.problems import Busy, InvalidCredentials
from identity.second_factor import SecondFactorRequired, WrongCode
from identity.usecases.step_up import step_up

router = APIRouter(tags=["sessions"])


class StepUp(Model):
    """The password of the account that is signed in; and a code, where it has a second factor."""

    password: AnyPassword
    code: AnyCode | None = None


class SteppedUp(Model):
    """An access token of the same session, good for sensitive acts."""

    access_token: str = Field(description="Send it as `Authorization: Bearer ...`", examples=["eyJhbGciOi..."])
    expires_in: int = Field(description="Seconds; refresh before", examples=[300])


@router.post(
    "/api/v1/sessions/step-up",
    summary="Confirm that it is you",
    operation_id="prove_session",
    openapi_extra={"x-limits": STEP_UP_LIMITS},
    responses=responses(InvalidCredentials, SecondFactorRequired, WrongCode, Busy),
)
async def create_step_up(body: StepUp, ctx: Ctx, who: CurrentPrincipal, request: Request) -> SteppedUp:
    """The access token of its answer, and those of later refreshes, pass where `step-up-required` was answered: for ten
    minutes. Nothing else of the session changes.
    """
    await limit_step_ups(ctx, who.account_id)
    proved = await step_up(ctx, who, body.password, body.code, network=client_net(request))
    return SteppedUp(access_token=proved.access_token, expires_in=ctx.settings.access_token_seconds)
