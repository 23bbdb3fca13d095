"""Counts refusals by route and type of problem: the same status may have many reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from chassis import telemetry
from chassis.problems import MEDIA_TYPE, Internal, Invalid, Problem, RateLimited, Unavailable
from chassis.telemetry.logs import METHODS

COUNTED = telemetry.counter(
    "http_server_problems",
    "Requests that were refused or failed, by the template of their route (`unmatched` without one), method and type "
    "of the problem; an answer that an idempotency key repeats is not counted again",
    {
        "http_route": "a route of the service, or unmatched",
        "http_request_method": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS or OTHER",
        "problem_type": "the type of a problem that the code can answer",
    },
)
# What any route may answer, whatever it declares.
_ANYWHERE = (Internal, Invalid, RateLimited, Unavailable)
# As chassis.problems.responses writes them.
_DECLARED = re.compile(r"(?:^|; )`([a-z0-9-]+)`: ")


def start(routes: Iterable[BaseRoute]) -> None:
    """Begin at 0 what each route declares, and what any may answer."""
    for route in routes:
        if isinstance(route, APIRoute):
            answers = (str(answer.get("description", "")) for answer in route.responses.values())
            declared = {found for answer in answers for found in _DECLARED.findall(answer)}
            for method in route.methods or ():
                for name in declared | {kind.type for kind in _ANYWHERE}:
                    COUNTED.start(route.path, method, name)


def count(scope: Scope, problem: Problem) -> None:
    """Count one. Its type is its class's: no caller can make one up."""
    COUNTED.inc(route_of(scope), scope["method"] if scope["method"] in METHODS else "OTHER", problem.type)


class Refusal(Response):
    """A problem as an answer that is kept: the one who sends it first counts it, and no repetition does."""

    def __init__(self, problem: Problem, body: bytes) -> None:
        super().__init__(body, problem.status, problem.headers, MEDIA_TYPE)
        self._problem = problem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        count(scope, self._problem)
        await super().__call__(scope, receive, send)


def route_of(scope: Scope) -> str:
    """The template of the route that matched ("/api/v1/products/{slug}"), so that labels stay few."""
    route: Any = scope.get("route")
    return getattr(route, "path", None) or "unmatched"
