"""Errors of invitations."""

from __future__ import annotations

from chassis.problems import Problem


class InvitationNotFound(Problem):
    """404: the link's token is unknown, was used or withdrawn, or has expired; or who invited may do so no more.

    What to do: Ask for a new invitation.
    """

    status, type, title = 404, "invitation-not-found", "This invitation is not good any more"
