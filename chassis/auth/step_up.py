"""A dependency for sensitive acts: whoever asks has proved who they are within the last ten minutes (RFC 9470).

    Keeper = Annotated[Principal, Depends(require_recent("keys:write"))]

A token tells in `auth_time` when its session was proved: at the sign-in, or by `POST /api/v1/sessions/step-up`. So an
access token or a session that somebody else got hold of is not enough. An API key is never recent.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from fastapi import Request

from chassis import problems
from chassis.auth.principal import REFUSED, Principal, Required

RECENT_SECONDS = 600


class StepUpRequired(problems.Problem):
    """401: the act is a sensitive one, and it is too long ago that this person proved who they are.

    What to do: Ask for the password (and the code, where there is a second factor), send them to
    `POST /api/v1/sessions/step-up`, and repeat the request with the access token of its answer.
    """

    status, type, title = 401, "step-up-required", "Confirm first that it is you"


class Recent(Required):
    """As Required, and the session was proved within RECENT_SECONDS."""

    async def __call__(self, request: Request) -> Principal:
        """The principal of the request. Raises Unauthenticated or StepUpRequired (401), or Forbidden (403)."""
        principal = await super().__call__(request)
        refuse_old(principal, request.app.state.verifier.now())
        return principal


def refuse_old(principal: Principal, now: float) -> None:
    """Check that the person was proved within RECENT_SECONDS before `now` (Unix seconds).

    Raises:
        StepUpRequired: it is longer ago, or was never.
    """
    if now - principal.auth_time > RECENT_SECONDS:
        REFUSED.inc("person", "old")
        error = f'Bearer error="insufficient_user_authentication", max_age="{RECENT_SECONDS}"'
        detail = "Type your password again: POST /api/v1/sessions/step-up gives the token for it."
        raise StepUpRequired(detail, headers={"WWW-Authenticate": error}, max_age=RECENT_SECONDS)


@lru_cache(maxsize=256)
def require_recent(*scopes: str) -> Callable[[Request], Any]:
    """As `require`, for a sensitive act: 401 `step-up-required` where the last proof is older than ten minutes."""
    return Recent(frozenset(scopes))
