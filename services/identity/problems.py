"""Errors of identity's API."""

from __future__ import annotations

from chassis.problems import Conflict, Problem


class EmailTaken(Problem):
    """409: the address has an account.

    What to do: Sign in with it.
    """

    status, type, title = 409, "email-taken", "There is an account with this address already"


class NoMail(Problem):
    """503: no mail server is set, so no address can be confirmed.

    What to do: Tell an operator: `SMTP_URL` is missing.
    """

    status, type, title = 503, "mail-not-configured", "No account can be made right now"


class RegistrationNotFound(Problem):
    """404: the link's token is unknown or has expired.

    What to do: Ask for a new link.
    """

    status, type, title = 404, "registration-not-found", "This link is not good any more"


class RegistrationUsed(Problem):
    """409: the link was used before.

    What to do: Sign in: the account is there.
    """

    status, type, title = 409, "registration-used", "This link was used already"


class WeakPassword(Problem):
    """422: the password is easily guessed; the detail has the reason.

    What to do: Have the person choose another one, and show the detail.
    """

    status, type, title = 422, "weak-password", "This password is too easy to guess"


class InvalidCredentials(Problem):
    """401: the address or the password is wrong; the answer does not say which.

    What to do: Have the person type both again.
    """

    status, type, title = 401, "invalid-credentials", "The address or the password is not right"


class SessionEnded(Problem):
    """401: the refresh token's session is over.

    What to do: Sign in again.
    """

    status, type, title = 401, "session-ended", "This session has ended; sign in again"


class CrossSite(Problem):
    """403: a request with the cookie lacks the header of the store's own pages.

    What to do: Call it from a page of the store, with the header `X-Mercat: refresh`.
    """

    status, type, title = 403, "cross-site", "This request did not come from the store's own pages"


class Busy(Problem):
    """503: the queue of password hashes is full.

    What to do: Try again after `Retry-After` seconds.
    """

    status, type, title = 503, "sign-in-busy", "Too many people are signing in right now"


class LastAdmin(Conflict):
    """409: the change would leave no administrator.

    What to do: Make another administrator first.
    """

    type, title = "last-admin", "This is the last administrator"


class OwnRoles(Conflict):
    """409: an administrator's own roles are changed by another one.

    What to do: Ask another administrator.
    """

    type, title = "own-roles", "Nobody changes their own roles"


class OwnStatus(Conflict):
    """409: an administrator's own account is locked by another one.

    What to do: Ask another administrator.
    """

    type, title = "own-status", "Nobody locks their own account"


class ErasureBegun(Conflict):
    """409: the erasure of this account has begun, and is final.

    What to do: Nothing: the account is gone within the hour, or once what it waits for has ended.
    """

    type, title = "erasure-begun", "This account is being erased"
