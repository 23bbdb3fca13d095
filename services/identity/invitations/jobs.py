"""Work of invitations in the background; identity.app gives it its times."""

from __future__ import annotations

from chassis.db import retention
from identity.context import IdentityContext
from identity.invitations import store as invitations
from identity.invitations.usecases.invite import InvitationMail
from identity.invitations.usecases.mail_invitation import mail_invitation


async def invitation_mail(ctx: IdentityContext, payload: InvitationMail) -> None:
    """Mail the link of an invitation."""
    await mail_invitation(ctx, payload.invitation_id)


async def prune_invitations(ctx: IdentityContext) -> None:
    """Delete invitations that ran out 30 days ago."""
    await retention.in_batches(ctx.db, invitations.prune, retention.BATCH)
