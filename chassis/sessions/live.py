"""A dependency for changes of rights and money: the session is checked in identity's database, not by its token alone.

    Refunder = Annotated[Principal, Depends(require_live("payments:refund"))]

The service names identity in the `calls` of its service.yaml. While identity does not answer, such a change is refused
with 503. Identity itself reads its own database, in the transaction of the change.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from fastapi import Request

from chassis.auth.principal import Principal, Required, refusal
from chassis.http import ServiceProblem

PATIENCE = 2.0


class LiveSession(msgspec.Struct, frozen=True):
    """Identity's answer for a live session."""

    account_id: UUID
    session_version: int
    scopes: frozenset[str]


class _Live(Required):
    async def __call__(self, request: Request) -> Principal:
        principal = await super().__call__(request)
        live = await _ask(request, principal.session_id)
        if live is None or (live.account_id, live.session_version) != (principal.account_id, principal.session_version):
            raise refusal("person", "revoked")
        if not self.scopes <= live.scopes:
            raise await self.forbidden(request, principal)
        return principal


async def _ask(request: Request, session_id: UUID) -> LiveSession | None:
    """None when identity has no such live session.

    Raises:
        chassis.problems.Unavailable: identity does not answer.
    """
    http = request.app.state.context.http
    path = f"/internal/sessions/{session_id}"
    try:
        live: LiveSession = await http.call("identity", "GET", path, into=LiveSession, timeout=PATIENCE)
    except ServiceProblem:
        return None
    return live


@lru_cache(maxsize=256)
def require_live(*scopes: str) -> Callable[[Request], Any]:
    """As `require`, and the session has these scopes at this moment: else 401 or 403, and 503 without identity."""
    return _Live(frozenset(scopes))
