"""Invite somebody to the staff, or take an invitation back."""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis import audit
from chassis.auth import Principal
from chassis.db import WriteTx
from chassis.mail import SmtpSender
from chassis.problems import NotFound
from identity import rights
from identity.context import IdentityContext
from identity.domain import mailed_links
from identity.invitations import store as invitations
from identity.invitations.store import Invitation
from identity.keys import SigningKeys
from identity.own_roles import UnknownRole, scopes_given
from identity.problems import NoMail
from identity.store import Account

MAIL = "identity.invitation_mail"


class InvitationMail(msgspec.Struct, frozen=True):
    """The payload of a job that mails an invitation."""

    invitation_id: UUID


async def invite(ctx: IdentityContext, who: Principal, email: str, roles: list[str]) -> tuple[Invitation, str | None]:
    """The invitation, in place of an open one of this address. In a store without mail, also the token of its link.

    Raises:
        UnknownRole. NoMail. chassis.problems.Forbidden: who asks lacks a scope of these roles, or of those of the open
        invitation.
        chassis.problems.Unauthenticated: the session is over.
    """
    by_mail = ctx.get(SmtpSender).configured
    if not by_mail and ctx.settings.accounts_confirmed_by_mail:
        raise NoMail("The shop has no mail server at the moment.")
    roles = sorted({*roles, "customer"})
    async with ctx.db.write() as tx:
        await rights.lock_changes(tx)
        actor = await rights.authorise(tx, who, "accounts:write")
        rights.refuse_beyond(actor, await scopes_given(tx, roles))
        await _refuse_beyond(tx, actor, await invitations.open_of(tx, email=email))
        made = await invitations.replace(tx, email, roles, who.account_id)
        if by_mail:
            await ctx.jobs.enqueue(tx, MAIL, InvitationMail(made.id))
        await audit.record(tx, "invitation.made", f"invitation:{made.id}", after={"roles": roles})
    return made, None if by_mail else token_of(ctx, made.id)


async def withdraw(ctx: IdentityContext, who: Principal, invitation_id: UUID) -> None:
    """End an open invitation.

    Raises:
        chassis.problems.NotFound: there is none open. chassis.problems.Forbidden: who asks lacks a scope of its roles.
        chassis.problems.Unauthenticated: as `invite`.
    """
    async with ctx.db.write() as tx:
        await rights.lock_changes(tx)
        actor = await rights.authorise(tx, who, "accounts:write")
        await _refuse_beyond(tx, actor, await invitations.open_of(tx, invitation_id=invitation_id))
        if not await invitations.end(tx, invitation_id, accepted=False):
            raise NotFound("There is no such open invitation.")
        await audit.record(tx, "invitation.withdrawn", f"invitation:{invitation_id}")


async def _refuse_beyond(tx: WriteTx, actor: Account, before: Invitation | None) -> None:
    """Check that the actor has what an open invitation gives, before it ends: nobody takes away what they lack."""
    if before is None:
        return
    try:
        scopes = await scopes_given(tx, before.roles)
    except UnknownRole:
        return  # it gives nothing: a role of it was deleted
    rights.refuse_beyond(actor, scopes)


def token_of(ctx: IdentityContext, invitation_id: UUID) -> str:
    """What the invitation's link holds: always the same."""
    return mailed_links.make(ctx.get(SigningKeys).encryption.invitation_key, invitation_id)
