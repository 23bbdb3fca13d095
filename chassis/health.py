"""Liveness and readiness. Liveness asks nothing of anybody; readiness knows only this process's start and end.

A check that looked at the database would turn one fault into an outage of everything.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


@dataclass
class Readiness:
    """`started` once the service can work; `draining` from the moment it is to end."""

    started: bool = False
    draining: bool = False

    @property
    def ready(self) -> bool:
        return self.started and not self.draining


def routes(readiness: Readiness) -> list[Route]:
    """/health/live and /health/ready."""

    async def live(_request: Request) -> Response:
        return Response(b"alive", media_type="text/plain")

    async def ready(_request: Request) -> Response:
        if readiness.ready:
            return Response(b"ready", media_type="text/plain")
        return Response(b"draining" if readiness.draining else b"starting", 503, media_type="text/plain")

    return [Route("/health/live", live), Route("/health/ready", ready)]
