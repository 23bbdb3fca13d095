"""Endpoints of invitations: for staff who invite, and for who accepts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from chassis.auth import Principal, require, require_recent
from chassis.limits import account as by_account
from chassis.limits import client_net, limit, rule
from chassis.problems import NotFound, responses
from chassis.web import Email, Model, Page, Paged, PersonName, pagination
from identity.api.schemas import AccountOut, AnyPassword, LinkToken, Role
from identity.context import Ctx
from identity.domain import mailed_links
from identity.invitations import store as invitations
from identity.invitations.problems import InvitationNotFound
from identity.invitations.store import Invitation
from identity.invitations.usecases.accept import accept
from identity.invitations.usecases.invite import invite, withdraw
from identity.keys import SigningKeys
from identity.own_roles import UnknownRole
from identity.problems import Busy, EmailTaken, InvalidCredentials, NoMail, WeakPassword

router = APIRouter(prefix="/api/v1/accounts/invitations", tags=["accounts"])
staff = APIRouter(prefix="/api/v1/admin/accounts/invitations", tags=["staff: accounts"])
Reader = Annotated[Principal, Depends(require("accounts:read"))]
Writer = Annotated[Principal, Depends(require_recent("accounts:write"))]
_ACCEPT = rule("accept-invitation", "10/hour")


class NewInvitation(Model):
    """Whom to invite, and as what."""

    email: Email
    roles: Annotated[list[Role], Field(min_length=1, max_length=19, examples=[["support"]])] = Field(
        description="What they get beside `customer`"
    )


class InvitationOut(Model):
    """An open invitation."""

    id: UUID
    email: str = Field(description="Whom it was mailed to", examples=["ada@example.com"])
    roles: list[str] = Field(description="What they get", examples=[["customer", "support"]])
    invited_by: UUID = Field(description="Whose account made it", examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c03"])
    mailed_at: datetime | None = Field(description="When its mail was sent", examples=["2026-11-29T12:00:00Z"])
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, invitation: Invitation) -> InvitationOut:
        """The API's form of an invitation."""
        return cls.model_validate(invitation, from_attributes=True)


class Invited(Model):
    """The invitation; its link goes by mail."""

    invitation: InvitationOut
    token: str | None = Field(
        description="What the link holds, in a store that has no mail; else null", examples=[None]
    )


class Acceptance(Model):
    """The token of the mailed link, and the password: a new one, or that of the account which the address has."""

    token: LinkToken
    password: AnyPassword
    name: PersonName | None = None


@staff.get("", summary="List open invitations", operation_id="list_invitations")
async def list_invitations(ctx: Ctx, _who: Reader, page: Paged) -> Page[InvitationOut]:
    """Newest first."""
    before = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None
    async with ctx.db.read() as tx:
        found = await invitations.open_ones(tx, before, page.limit + 1)
    cursor = pagination.encode((found[page.limit - 1].id,)) if len(found) > page.limit else None
    return Page(items=[InvitationOut.of(each) for each in found[: page.limit]], next_cursor=cursor)


@staff.post(
    "",
    status_code=201,
    summary="Invite staff",
    operation_id="create_invitation",
    responses=responses(UnknownRole, NoMail),
    dependencies=[Depends(limit("invitations", "60/hour", by=by_account, fail="closed"))],
)
async def create_invitation(body: NewInvitation, ctx: Ctx, who: Writer) -> Invited:
    """Mails a link that is good for 7 days and once. Another open invitation of the address ends."""
    made, token = await invite(ctx, who, body.email, list(body.roles))
    return Invited(invitation=InvitationOut.of(made), token=token)


@staff.delete(
    "/{invitation_id}",
    status_code=204,
    summary="Take an invitation back",
    operation_id="delete_invitation",
    responses=responses(NotFound),
)
async def delete_invitation(invitation_id: UUID, ctx: Ctx, who: Writer) -> None:
    """Its link is not good any more."""
    await withdraw(ctx, who, invitation_id)


@router.post(
    "/acceptances",
    status_code=201,
    summary="Accept an invitation",
    operation_id="accept_invitation",
    openapi_extra={"x-limits": [_ACCEPT.name]},
    responses=responses(InvitationNotFound, EmailTaken, WeakPassword, InvalidCredentials, Busy),
)
async def create_acceptance(body: Acceptance, ctx: Ctx, request: Request) -> AccountOut:
    """The account, with the roles of the invitation. Sign in next: `POST /api/v1/sessions`."""
    invitation_id = mailed_links.parse(ctx.get(SigningKeys).encryption.invitation_key, body.token)
    await ctx.limiter.enforce(_ACCEPT, str(invitation_id or client_net(request)))
    return AccountOut.of(await accept(ctx, body.token, body.password, body.name))
