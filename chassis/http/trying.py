"""The tries of a request to another service: at which replica, for how long, and how each counts for the breaker."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import aiohttp
from yarl import URL

from chassis import telemetry
from chassis.http.answers import Answer, bounded
from chassis.http.peers import Failure, Peer, Replica

CONNECT_TIMEOUT = 1.0
_UNDONE = frozenset([502, 503, 504])

_retries = telemetry.counter(
    "http_client_retries",
    "Calls tried a second time, by what became of the first",
    {"server": "a service of SERVICE_URLS", "reason": ("connect", "connection", "timeout", "status")},
)


@dataclass(frozen=True)
class Request:
    """`headers` are its own, beside those that every request has; `timeout` is for each try."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    timeout: float


class Trying:
    """Sends requests by connections that it keeps."""

    def __init__(self, peers: Iterable[str]) -> None:
        """Retries are counted from 0 on for each of these `peers`."""
        self._session: aiohttp.ClientSession | None = None
        for name in peers:
            _retries.start(name)

    async def answer(self, peer: Peer, request: Request, *, retry: bool) -> Answer:
        """The answer of the first try, or of the second.

        Raises:
            Failure: there is none.
        """
        peer.earn()
        replica = peer.pick()
        try:
            return await self._try(peer, replica, request)
        except Failure as failure:
            if not retry or not peer.may_retry(failure.kind):
                raise
            _retries.inc(peer.name, failure.kind)
        await asyncio.sleep(random.uniform(0.01, 0.05))  # noqa: S311 -- spreads the retries of many
        return await self._try(peer, peer.pick(replica), request)

    async def _try(self, peer: Peer, replica: Replica, request: Request) -> Answer:
        """One request to one replica; tells the breaker how it went."""
        left = telemetry.remaining()
        if left is not None and left <= 0:
            raise Failure("deadline")
        if not peer.breaker.allow():
            raise Failure("open")
        hurried = left is not None and left < request.timeout
        seconds = left if hurried and left is not None else request.timeout
        try:
            attributes = {"http.request.method": request.method, "server.address": peer.name}
            with telemetry.part(f"{request.method} {peer.name}", "client", attributes) as span:
                answer = await self._send(replica, request, seconds, span.trace or telemetry.current_trace())
                span.note("http.response.status_code", answer.status)
        except Failure as failure:
            if hurried and failure.kind == "timeout":
                # The caller's time was over, which says nothing of the service.
                peer.breaker.neither()
                raise Failure("deadline") from failure
            peer.failed(replica, failure.kind)
            raise
        except BaseException:
            peer.breaker.neither()
            raise
        peer.ok()
        return answer

    async def _send(self, replica: Replica, request: Request, seconds: float, trace: telemetry.Trace) -> Answer:
        try:
            async with self._opened().request(
                request.method,
                URL(replica.url + request.path),
                data=request.body,
                headers=_headers(request, seconds, trace),
                timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_TIMEOUT),
                allow_redirects=False,
            ) as response:
                if response.status in _UNDONE:
                    raise Failure("status")
                body = await bounded(response)
                return Answer(response.status, response.content_type, response.headers, body)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Failure("connect") from error
        except TimeoutError as error:
            raise Failure("timeout") from error
        except (aiohttp.ClientError, OSError) as error:
            raise Failure("connection") from error

    def _opened(self) -> aiohttp.ClientSession:
        """The session, made by the first call: it belongs to the running loop."""
        if self._session is None:
            # nosemgrep: request-without-timeout -- each try has a timeout of its own
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=512, limit_per_host=128, keepalive_timeout=15),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=["User-Agent", "Accept"],
            )
        return self._session

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


def _headers(request: Request, seconds: float, trace: telemetry.Trace) -> dict[str, str]:
    headers = {
        **request.headers,
        "Accept-Encoding": "identity",
        "X-Deadline": str(int((time.time() + seconds) * 1000)),
    }
    if trace.request_id:
        headers["X-Request-Id"] = trace.request_id
        headers["traceparent"] = trace.traceparent
    if trace.tracestate:
        headers["tracestate"] = trace.tracestate
    if request.body is not None:
        headers["Content-Type"] = "application/json"
    return headers
