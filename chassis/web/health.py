"""Liveness and readiness, of this process alone: neither check depends on the database or on another service.

A readiness check of the database would turn one fault into an outage of all services: a service that lost its database
stays ready and answers 503 where it needs it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from chassis.problems import Unavailable

# Answered whatever the service's state.
_ALWAYS = ("/health/", "/metrics")


@dataclass
class Readiness:
    """`started` once the service can work; `draining` from the moment it is to end; `dead`: its loops that ended."""

    started: bool = False
    draining: bool = False
    dead: list[str] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Whether requests may be sent here."""
        return self.started and not self.draining and not self.dead

    def __str__(self) -> str:
        if self.dead:
            return f"ended: {', '.join(self.dead)}"
        if self.draining:
            return "draining"
        return "ready" if self.started else "starting"


def routes(readiness: Readiness) -> list[Route]:
    """/health/live and /health/ready."""

    async def live(_request: Request) -> Response:
        return Response(b"alive", media_type="text/plain")

    async def ready(_request: Request) -> Response:
        return Response(str(readiness), 200 if readiness.ready else 503, media_type="text/plain")

    return [Route("/health/live", live), Route("/health/ready", ready)]


class Starting(BaseRoute):
    """The first route until the service has started: it answers 503 to all but health and metrics."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Every request but those of the platform."""
        wanted = scope["type"] == "http" and not scope["path"].startswith(_ALWAYS)
        return (Match.FULL if wanted else Match.NONE), {}

    async def handle(self, _scope: Scope, _receive: Receive, _send: Send) -> None:
        """Refuse with 503. Raises Unavailable."""
        raise Unavailable("The service is starting, or waits for its database. Try again in a few seconds.")
