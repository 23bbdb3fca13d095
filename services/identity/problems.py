"""Errors of identity."""

from __future__ import annotations

from chassis.problems import Problem


class EmailTaken(Problem):
    status, type, title = 409, "email-taken", "There is an account with this address already"


class NoMail(Problem):
    status, type, title = 503, "mail-not-configured", "No account can be made right now"


class RegistrationNotFound(Problem):
    status, type, title = 404, "registration-not-found", "This link is not good any more"


class RegistrationUsed(Problem):
    status, type, title = 409, "registration-used", "This link was used already"


class WeakPassword(Problem):
    status, type, title = 422, "weak-password", "This password is too easy to guess"


class InvalidCredentials(Problem):
    status, type, title = 401, "invalid-credentials", "The address or the password is not right"


class SessionEnded(Problem):
    status, type, title = 401, "session-ended", "This session has ended; sign in again"


class CrossSite(Problem):
    status, type, title = 403, "cross-site", "This request did not come from the store's own pages"


class Busy(Problem):
    status, type, title = 503, "sign-in-busy", "Too many people are signing in right now"
