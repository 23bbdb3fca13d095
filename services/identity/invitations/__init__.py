"""Invitations of staff by mail."""

from identity.invitations.api import router, staff
from identity.invitations.jobs import invitation_mail, prune_invitations
from identity.invitations.store import end_from_before
from identity.invitations.usecases.invite import MAIL

ROUTERS = [router, staff]

__all__ = ["MAIL", "ROUTERS", "end_from_before", "invitation_mail", "prune_invitations"]
