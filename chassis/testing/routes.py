"""Sends every operation of a service what it should refuse, or what FastAPI and we should answer alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute

from chassis.testing.apps import RunningApp
from chassis.web import compiled, queries
from chassis.web.router import Router

_JSON = {"Content-Type": "application/json"}
_BODIES: tuple[tuple[bytes, dict[str, str]], ...] = (
    (b"", {}),
    (b"{}", {}),
    (b"{}", {"Content-Type": "text/plain"}),
    *((body, _JSON) for body in (b"", b"{}", b"[]", b"null", b"{", b"\xff", b'{"no_such": 1}', b'{"lines": [{}]}')),
)
# Ids, times and tokens, and what a refusal says of the time to wait.
_MADE = re.compile(rb"[0-9a-f]{32}|[0-9a-f-]{36}|[0-9-]{10}T[0-9:.]+Z|[\w.-]{43,}|in \d+ seconds")
_OWN = {"x-request-id", "ratelimit", "retry-after", "set-cookie", "content-length"}


async def takes_any_query(service: RunningApp) -> list[str]:
    """The operations that let pass a query parameter that they do not have, or twice one that they take once."""
    complaints = []
    for method, path, query, field in _requests(service):
        answer = await service.client.request(method, f"{path}?{query}", headers=service.caller("stranger"))
        fields = [error["field"] for error in answer.json().get("errors", ())] if answer.status_code == 422 else []
        if field not in fields:
            complaints.append(f"{method} {path}?{query}: {answer.status_code} {answer.text[:200]}")
    return complaints


def _requests(service: RunningApp) -> Iterator[tuple[str, str, str, str]]:
    """Method, path, query, and the field that the refusal is to name."""
    for route in service.app.routes:
        if isinstance(route, APIRoute):
            declared = queries.of_route(route)
            path = re.sub(r"\{[^}]+\}", "x", route.path)
            for method in sorted(route.methods or ()):
                yield method, path, "no_such=1", "query.no_such"
                for name in declared.names:
                    if name not in declared.lists:
                        yield method, path, f"{name}=1&{name}=1", f"query.{name}"


def left_to_fastapi(service: RunningApp) -> list[str]:
    """The operations that are not compiled."""
    routes = [route for route in service.app.routes if isinstance(route, APIRoute)]
    return [f"{min(route.methods or ())} {route.path}" for route in routes if not compiled.compilable(route)]


async def answers_unlike_fastapi(service: RunningApp, *people: dict[str, str]) -> list[str]:
    """The requests, good and hostile, that the compiled routes answer in another way than FastAPI's own would."""
    middleware: Any = service.app.request_middleware  # type: ignore[attr-defined]  # every service of ours has one
    ours = middleware._app  # noqa: SLF001 -- exchanged for what it is compared with
    theirs = Router(service.app.router.routes, lambda route: queries.Checked(_own(route), queries.of_route(route)))
    complaints = []
    for method, path, body, headers in _attempts(service, [{}, *people]):
        answers = []
        for middleware._app in (ours, theirs):  # noqa: SLF001 -- as above
            answer = await service.client.request(method, path, content=body, headers=headers)
            answers.append(without_what_differs(answer))
        if answers[0] != answers[1] and 429 not in {answers[0][0], answers[1][0]}:
            complaints.append(f"{method} {path} {body!r} {headers}: {answers}")
    middleware._app = ours  # noqa: SLF001 -- as above
    return complaints


def _own(route: APIRoute) -> AsyncExitStackMiddleware:
    return AsyncExitStackMiddleware(route.app)


def _attempts(service: RunningApp, people: list[dict[str, str]]) -> Iterator[tuple[str, str, bytes, dict[str, str]]]:
    for route in service.app.routes:
        if isinstance(route, APIRoute):
            method = min(route.methods or ())
            for name in ("x", "0196a2b4-0000-7000-8000-000000000000"):
                path = re.sub(r"\{[^}]+\}", name, route.path)
                yield "HEAD", path, b"", {}
                yield "OPTIONS", path, b"", {}
                yield method, f"{path}?limit=0&cursor=x&currency=x&sku=", b"", people[-1]
                for person in people:
                    for body, kind in _BODIES if method in {"POST", "PUT", "PATCH"} else _BODIES[:1]:
                        yield method, path, body, {**person, **kind}


def without_what_differs(answer: httpx.Response) -> tuple[Any, ...]:
    """Status, headers and body, without what is another for each answer: ids, times, tokens, what a limit leaves."""
    headers = [(name, "" if name in _OWN else value) for name, value in answer.headers.multi_items()]
    return answer.status_code, headers, _MADE.sub(b"", answer.content)
