"""The middleware of every request: trace, body limits, errors as problem documents, headers, metrics, log line.

Pure ASGI and one layer: several, or Starlette's BaseHTTPMiddleware, would cost more than most handlers.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import audit, telemetry
from chassis.db import UNREACHABLE
from chassis.problems import MEDIA_TYPE, Internal, Malformed, Problem, TooLarge, Unavailable
from chassis.web import hot, problem_counts
from chassis.web.errors import as_problem
from chassis.web.problem_counts import route_of
from chassis.web.request_body import Headers, RequestBody, checked, limited

BODY_LIMIT = 1_000_000
MAX_PARAMETERS = 100
# Answers are data: a browser may show them and do nothing else with them.
SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-site"),
)
_log = telemetry.logger(__name__)
_NAMES = frozenset(name for name, _ in SECURITY_HEADERS)
# Their handlers read no body.
_READING = frozenset({"GET", "HEAD"})
# Requests of the platform, which are not logged.
_QUIET = ("/health/", "/metrics")
_INTERNAL = "/internal/"


class RequestMiddleware:
    """The outermost middleware of a service, but for CORS."""

    def __init__(self, app: ASGIApp, *, larger: Mapping[str, int] | None = None, hot: hot.Find | None = None) -> None:
        """`larger`: paths with a body limit of their own, in bytes; `hot`: finds the reads that are answered from the
        cache in place of the application.
        """
        self._app = app
        self._larger = larger or {}
        self._hot = hot

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; no exception of the application reaches the server before the answer has begun."""
        began = time.perf_counter()
        # Request id, deadline, and whether the trace is exported are taken from other services alone, which alone reach
        # /internal. A trace id is taken from every client.
        inside = scope["path"].startswith(_INTERNAL)
        headers = Headers(scope)
        parent, asked = headers.text(b"traceparent"), headers.text(b"x-request-id") if inside else None
        trace = telemetry.begin(parent, asked, headers.text(b"tracestate") if parent else None, ours=inside)
        body = RequestBody(headers, receive)
        answer = _ResponseSender(send, trace.request_id, body)
        try:
            if scope["query_string"]:
                _check_query(scope)
            # A request with a body is routed: its size is checked there.
            ready = hot.answer(self._hot, scope) if self._hot is not None and body.over else None
            if ready is not None:
                await answer.send_ready(ready)
            else:
                telemetry.set_deadline(headers.text(b"x-deadline") if inside else None)
                audit.begin(scope)
                # Dependencies put headers here before there is an answer.
                scope["extra_headers"] = answer.extra
                bounded = self._bounded(scope, headers, body)
                if not body.over and scope["method"] in _READING:
                    await body.drop(self._limit(scope))
                await self._app(scope, bounded, answer)
        except Exception as error:  # noqa: BLE001 -- the last line of defence: no exception may reach the server
            await _refuse(answer, error, scope, headers)
        finally:
            _record(scope, answer, time.perf_counter() - began)

    def _bounded(self, scope: Scope, headers: Headers, body: RequestBody) -> Receive:
        """`receive` of this body, checked and limited in size.

        Raises:
            TooLarge: its Content-Length is above the limit.
        """
        if body.over:
            return body
        limit = self._limit(scope)
        if body.length is not None and body.length > limit:
            raise TooLarge(f"Send {limit} bytes at most.")
        return checked(scope, headers, limited(body, limit))

    def _limit(self, scope: Scope) -> int:
        return self._larger.get(scope["path"], BODY_LIMIT)


def _check_query(scope: Scope) -> None:
    if scope["query_string"].count(b"&") >= MAX_PARAMETERS:
        raise Malformed(f"The query has too many parameters: {MAX_PARAMETERS} at most.")


class _ResponseSender:
    """Sends the answer with our headers and those of `extra`; records its status and size."""

    __slots__ = ("_body", "_request_id", "_send", "extra", "size", "status")

    def __init__(self, send: Send, request_id: str, body: RequestBody) -> None:
        self._send = send
        self._body = body
        self._request_id = (b"x-request-id", request_id.encode())
        self.extra: list[tuple[bytes, bytes]] = []
        self.status = 0
        self.size = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if not self._body.over:
                await self._body.read_to_its_end()
            message["headers"] = self._headers(message.get("headers") or [])
        self.size += len(message.get("body", b""))
        await self._send(message)

    async def send_ready(self, ready: Response) -> None:
        """Send an answer from the cache, which has none of our headers and says itself how it is cached."""
        self.status, self.size = ready.status_code, len(ready.body)
        headers = [*ready.raw_headers, self._request_id, *SECURITY_HEADERS]
        await self._send({"type": "http.response.start", "status": self.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": ready.body})

    def _headers(self, given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The answer's own headers win over ours; without Cache-Control it is not stored by caches."""
        names = dict(given)
        headers = [*given, *self.extra, self._request_id]
        if _NAMES.isdisjoint(names):
            headers += SECURITY_HEADERS
        else:
            headers += [pair for pair in SECURITY_HEADERS if pair[0] not in names]
        if b"cache-control" not in names:
            headers.append((b"cache-control", b"no-store"))
        return headers


async def _refuse(answer: _ResponseSender, error: Exception, scope: Scope, headers: Headers) -> None:
    problem = as_problem(error)
    if isinstance(problem, Internal):
        _log.exception("request.failed", error=error, route=route_of(scope))
        if b"transfer-encoding" in headers:
            # A proxy answers 500 to invalid chunks, and the edge shows that as the client's fault; this is not.
            problem = Unavailable("Something went wrong on our side. Try again in a few seconds.")
    elif isinstance(problem, Unavailable) and isinstance(error, UNREACHABLE):
        _log.warning("database.unreachable", error_type=type(error).__name__)
    if answer.status:
        # The status is sent already: the server closes the connection, and the client gets a broken answer.
        raise error
    problem_counts.count(scope, problem)
    trace = telemetry.current_trace()
    body = problem.body(trace.request_id, trace.trace_id)
    await answer({"type": "http.response.start", "status": problem.status, "headers": _problem_headers(problem, body)})
    await answer({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _problem_headers(problem: Problem, body: bytes) -> list[tuple[bytes, bytes]]:
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in problem.headers.items()]
    return [*headers, (b"content-length", str(len(body)).encode()), (b"content-type", MEDIA_TYPE.encode())]


def _record(scope: Scope, answer: _ResponseSender, seconds: float) -> None:
    if scope["path"].startswith(_QUIET):
        return
    telemetry.request(
        method=scope["method"],
        route=route_of(scope),
        # A client that went away before the answer is counted as 499, as nginx does.
        status=answer.status or 499,
        seconds=seconds,
        size=answer.size,
        client=scope["app"].state.context.limiter.proxies.client(scope),
        account=getattr(scope.get("state", {}).get("principal"), "account_id", None),
    )
