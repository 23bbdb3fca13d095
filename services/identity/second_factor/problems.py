"""Errors of second factors."""

from __future__ import annotations

from chassis.problems import Conflict, Problem


class SecondFactorRequired(Problem):
    """401: the password is right, and the account has a second factor.

    What to do: Ask for the code of the application, or for a recovery code, and send it as `code` with the rest.
    """

    status, type, title = 401, "second-factor-required", "A code of your application is needed"


class WrongCode(Problem):
    """401: the code is wrong, was used before, or is too old.

    What to do: Have the person type the code that the application shows now, or a recovery code.
    """

    status, type, title = 401, "wrong-code", "This code is not right"


class SecondFactorExists(Conflict):
    """409: the account has a second factor in use.

    What to do: Remove that one first.
    """

    type, title = "second-factor-exists", "There is a second factor already"


class NoSecondFactor(Conflict):
    """409: there is no second factor to confirm, or none in use.

    What to do: Begin with `POST /api/v1/accounts/me/second-factor`.
    """

    type, title = "no-second-factor", "There is no second factor"
