"""Endpoints of a lost password, another password and another address.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from fastapi import APIRouter, Request, Response

from chassis.auth import CurrentPrincipal
from chassis.problems import NotFound, responses
from identity.api.cookies import clear_refresh_cookie
from identity.api.own_account_limits import LINK_LIMITS, OWN_PASSWORD, RESETS, counted_link
from identity.api.own_account_models import (
    EmailChangeRequest,
    LinkMailed,
    LinkUse,
    PasswordChange,
    PasswordResetCompletion,
    PasswordResetRequest,
)
from identity.context import Ctx
from identity.own_account import (
    LIFETIMES,
    ChangeNeedsMail,
    Kind,
    LinkNotFound,
    WrongPassword,
    ask_email_change,
    ask_reset,
    change_password,
    confirm_email,
    reset_by_mail,
    take_email_back,
)
from identity.problems import Busy, EmailTaken, WeakPassword

router = APIRouter(tags=["accounts"])
_MAILBOX = {"x-limits": ["mails to a mailbox", "mails to a mailbox in a day"]}


@router.post(
    "/api/v1/password-resets",
    status_code=202,
    summary="Ask for a new password",
    openapi_extra=_MAILBOX,
    responses=responses(ChangeNeedsMail),
    dependencies=[RESETS],
)
async def create_password_reset(body: PasswordResetRequest, ctx: Ctx) -> LinkMailed:
    """Mails a link to the address, with which a new password is chosen: `POST /api/v1/password-resets/complete`. An
    address without an account is told so by mail, and here gets the same answer.
    """
    await ask_reset(ctx, body.email)
    return LinkMailed(email=body.email, expires_in=LIFETIMES[Kind.PASSWORD_RESET])


@router.post(
    "/api/v1/password-resets/complete",
    status_code=204,
    operation_id="complete_password_reset",
    summary="Choose a new password",
    openapi_extra=LINK_LIMITS,
    responses=responses(LinkNotFound, WeakPassword, Busy),
)
async def complete(body: PasswordResetCompletion, ctx: Ctx, request: Request) -> None:
    """For the token of a mailed link, once. All sessions of the account end, and its address is told. Sign in next."""
    async with counted_link(ctx, request, body.token, "account.password_reset"):
        await reset_by_mail(ctx, body.token, body.password)


@router.put(
    "/api/v1/accounts/me/password",
    status_code=204,
    operation_id="replace_password",
    summary="Change my password",
    responses=responses(NotFound, WrongPassword, WeakPassword, Busy),
    dependencies=OWN_PASSWORD,
)
async def replace(body: PasswordChange, ctx: Ctx, who: CurrentPrincipal, response: Response) -> None:
    """All sessions end, this one too: sign in with the new password. The address is told."""
    await change_password(ctx, who, body.current_password, body.password)
    clear_refresh_cookie(response)


@router.post(
    "/api/v1/accounts/me/email-changes",
    status_code=202,
    summary="Ask for another e-mail address",
    openapi_extra=_MAILBOX,
    responses=responses(NotFound, WrongPassword, Busy, ChangeNeedsMail),
    dependencies=OWN_PASSWORD,
)
async def create_email_change(body: EmailChangeRequest, ctx: Ctx, who: CurrentPrincipal) -> LinkMailed:
    """Mails a link to the new address, with which it becomes the account's: `POST /api/v1/email-changes/confirm`. An
    address that has an account is told so by mail, and here gets the same answer. With the present address it
    is confirmed that it is the person's own.
    """
    await ask_email_change(ctx, who, body.email, body.password)
    return LinkMailed(email=body.email, expires_in=LIFETIMES[Kind.EMAIL_CONFIRMATION])


@router.post(
    "/api/v1/email-changes/confirm",
    status_code=204,
    operation_id="confirm_email_change",
    summary="Confirm the new e-mail address",
    openapi_extra=LINK_LIMITS,
    responses=responses(LinkNotFound, EmailTaken),
)
async def confirm(body: LinkUse, ctx: Ctx, request: Request) -> None:
    """For the token of a mailed link, once. All sessions end; the address of before is told, with a way back."""
    async with counted_link(ctx, request, body.token, "account.email_confirmed"):
        await confirm_email(ctx, body.token)


@router.post(
    "/api/v1/email-changes/take-back",
    status_code=204,
    operation_id="take_back_email_change",
    summary="Take the e-mail address of before back",
    openapi_extra=LINK_LIMITS,
    responses=responses(LinkNotFound, EmailTaken, Busy),
)
async def take_back(body: LinkUse, ctx: Ctx, request: Request) -> None:
    """For the token of the link that was mailed to the address of before, once within 7 days. All sessions end, the
    password is not good any more, and a link to choose another one is mailed there.
    """
    async with counted_link(ctx, request, body.token, "account.email_taken_back"):
        await take_email_back(ctx, body.token)
