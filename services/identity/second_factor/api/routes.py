"""Endpoints of second factors: one's own, and removing that of another."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field, StringConstraints

from chassis.auth import CurrentPrincipal, Principal, require_recent
from chassis.limits import account as by_account
from chassis.limits import limit
from chassis.problems import NotFound, responses
from chassis.web import Model
from identity.context import Ctx
from identity.problems import LastAdmin
from identity.second_factor import store as factors
from identity.second_factor.problems import NoSecondFactor, SecondFactorExists, WrongCode
from identity.second_factor.usecases.begin import begin_factor
from identity.second_factor.usecases.confirm import confirm_factor
from identity.second_factor.usecases.recovery_codes import draw_recovery_codes
from identity.second_factor.usecases.remove import remove_anothers, remove_own

own = APIRouter(prefix="/api/v1/accounts/me/second-factor", tags=["accounts"])
staff = APIRouter(prefix="/api/v1/admin/accounts", tags=["staff: accounts"])
Proved = Annotated[Principal, Depends(require_recent())]
Writer = Annotated[Principal, Depends(require_recent("accounts:write"))]


class SecondFactor(Model):
    """Whether sign-ins ask for a code."""

    active: bool = Field(description="Whether sign-ins ask for a code", examples=[True])
    since: datetime | None = Field(description="Since when", examples=["2026-11-29T12:00:00Z"])
    recovery_codes_left: int = Field(description="Those that were not used", examples=[10])


class NewSecondFactor(Model):
    """What the application needs. It is shown this once."""

    secret: str = Field(description="In base32, to be typed", examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"])
    uri: str = Field(
        description="The same for a QR code", examples=["otpauth://totp/mercat%3Aada%40example.com?secret=JBSWY3DP"]
    )


class Code(Model):
    """A code of the application."""

    code: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9]{6}$"),
        Field(description="The six digits that the application shows", examples=["492039"]),
    ]


class RecoveryCodes(Model):
    """Each is good once, in place of a code of the application. They are shown this once."""

    recovery_codes: list[str] = Field(
        description="Keep them where the telephone is not", examples=[["GEZD-GNBV-GY3T-QOJQ"]]
    )


@own.get("", summary="My second factor", operation_id="read_second_factor")
async def get_second_factor(ctx: Ctx, who: CurrentPrincipal) -> SecondFactor:
    """Whether sign-ins to the account ask for a code, and how many recovery codes are left."""
    async with ctx.db.read() as tx:
        found = await factors.state(tx, who.account_id)
    if found is None:
        return SecondFactor(active=False, since=None, recovery_codes_left=0)
    return SecondFactor(active=True, since=found.confirmed_at, recovery_codes_left=found.recovery_codes_left)


@own.post(
    "",
    status_code=201,
    summary="Begin a second factor",
    operation_id="create_second_factor",
    responses=responses(SecondFactorExists),
    dependencies=[Depends(limit("second-factor", "20/hour", by=by_account, fail="closed"))],
)
async def create_second_factor(ctx: Ctx, who: Proved) -> NewSecondFactor:
    """A secret for an application such as a password manager. Sign-ins ask for its codes once one was confirmed."""
    begun = await begin_factor(ctx, who)
    return NewSecondFactor(secret=begun.secret, uri=begun.uri)


@own.post(
    "/confirmations",
    status_code=201,
    summary="Put the second factor to use",
    operation_id="confirm_second_factor",
    responses=responses(NoSecondFactor, SecondFactorExists, WrongCode),
    dependencies=[Depends(limit("second-factor-confirm", "20/hour", by=by_account, fail="closed"))],
)
async def create_confirmation(body: Code, ctx: Ctx, who: Proved) -> RecoveryCodes:
    """The recovery codes. The account's other sessions end; refresh the access token of this one."""
    return RecoveryCodes(recovery_codes=await confirm_factor(ctx, who, body.code))


@own.post(
    "/recovery-codes",
    status_code=201,
    summary="Draw new recovery codes",
    operation_id="create_recovery_codes",
    responses=responses(NoSecondFactor),
    dependencies=[Depends(limit("recovery-codes", "20/hour", by=by_account, fail="closed"))],
)
async def create_recovery_codes(ctx: Ctx, who: Proved) -> RecoveryCodes:
    """In place of those of before, which are good no more."""
    return RecoveryCodes(recovery_codes=await draw_recovery_codes(ctx, who))


@own.delete("", status_code=204, summary="Remove my second factor", operation_id="delete_own_second_factor")
async def delete_own_factor(ctx: Ctx, who: Proved) -> None:
    """Sign-ins ask for the password alone again."""
    await remove_own(ctx, who)


@staff.delete(
    "/{account_id}/second-factor",
    status_code=204,
    summary="Remove an account's second factor",
    operation_id="delete_second_factor",
    responses=responses(NotFound, NoSecondFactor, LastAdmin),
)
async def delete_factor(account_id: UUID, ctx: Ctx, who: Writer) -> None:
    """For somebody who has lost the application and the recovery codes. Their sessions end."""
    await remove_anothers(ctx, who, account_id)
