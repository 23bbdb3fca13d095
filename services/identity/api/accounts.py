"""Public endpoints: asking for an account, and confirming its address."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request

from chassis.limits import add_headers, begin, client_net, counts, rule
from chassis.problems import responses
from identity.api.schemas import AccountOut, Confirmation, Registered, Registration
from identity.context import Ctx
from identity.domain import mailed_links
from identity.keys import SigningKeys
from identity.problems import Busy, EmailTaken, NoMail, RegistrationNotFound, RegistrationUsed, WeakPassword
from identity.registrations import LIFETIME_SECONDS
from identity.usecases.confirm_registration import confirm_registration
from identity.usecases.sign_up import sign_up

router = APIRouter(tags=["accounts"])
_CONFIRM = rule("confirm", "20/min")
# Their rates are settings.
begin("register", "register-day")


async def _limit_registrations(ctx: Ctx, request: Request) -> None:
    network = client_net(request)
    of_an_hour = rule("register", ctx.settings.register_address_limit)
    of_a_day = rule("register-day", ctx.settings.register_address_day_limit)
    add_headers(request, await ctx.limiter.enforce_all([(of_an_hour, network), (of_a_day, network)]))


@router.post(
    "/api/v1/accounts",
    status_code=202,
    summary="Ask for an account",
    openapi_extra={"x-limits": ["mails to a mailbox", "mails to a mailbox in a day"]},
    responses=responses(NoMail),
    dependencies=[Depends(counts(_limit_registrations, "REGISTER_ADDRESS_LIMIT", "REGISTER_ADDRESS_DAY_LIMIT"))],
)
async def create_account(body: Registration, ctx: Ctx) -> Registered:
    """Mails a link to the address, which makes the account: `POST /api/v1/email-verifications`. An address that has an
    account is told so by mail, and here gets the same answer. One address is mailed 3 times an hour at most.
    """
    token = await sign_up(ctx, body.email, body.language)
    return Registered(email=body.email, expires_in=LIFETIME_SECONDS, token=token)


@router.post(
    "/api/v1/email-verifications",
    status_code=201,
    openapi_extra={"x-limits": ["confirm"]},
    summary="Make the account of a confirmed address",
    responses=responses(RegistrationNotFound, RegistrationUsed, EmailTaken, WeakPassword, Busy),
)
async def create_email_verification(body: Confirmation, ctx: Ctx, request: Request) -> AccountOut:
    """A customer's account, for the token of a mailed link. Sign in next: `POST /api/v1/sessions`."""
    # Valid tokens are counted by registration: made-up ones from the same address do not use up their limit.
    registration_id = mailed_links.parse(ctx.get(SigningKeys).encryption.registration_key, body.token)
    await ctx.limiter.enforce(_CONFIRM, str(registration_id or client_net(request)))
    return AccountOut.of(await confirm_registration(ctx, body.token, body.password, body.name))
