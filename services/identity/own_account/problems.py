"""Errors of what people change of their own accounts."""

from __future__ import annotations

from chassis.problems import Problem


class LinkNotFound(Problem):
    """404: the link's token is unknown, was used, or has expired.

    What to do: Ask for a new link.
    """

    status, type, title = 404, "link-not-found", "This link is not good any more"


class WrongPassword(Problem):
    """403: the present password is not the one that was sent.

    What to do: Have the person type it again.
    """

    status, type, title = 403, "wrong-password", "The present password is not right"


class ChangeNeedsMail(Problem):
    """503: no mail server is set, so nothing can be mailed to the owner of an address.

    What to do: Tell an operator: `SMTP_URL` is missing.
    """

    status, type, title = 503, "no-mail-server", "The shop cannot send mail at the moment"
