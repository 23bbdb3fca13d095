"""Calls to other services: signed, limited in time and size, retried once at most, and guarded by a breaker.

A call ends in one of three ways: the answer; ServiceProblem, a refusal of the other service; or Unavailable, after
which it is unknown whether the other service did it. Everything at /internal is idempotent, so a retry is safe.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, get_args, overload

import aiohttp
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from yarl import URL

from chassis import telemetry
from chassis.auth import ServiceTokens
from chassis.db import in_transaction
from chassis.http.answers import ServiceProblem, ServiceResponse, bounded, decoded, problem
from chassis.http.peers import Failure, Kind, Peer, Replica
from chassis.problems import MEDIA_TYPE, Unavailable

CONNECT_TIMEOUT = 1.0
_UNDONE = frozenset([502, 503, 504])
# These refuse this service itself, not what a use case asked for.
_OURS = frozenset([401, 403, 429])

T = TypeVar("T")

_calls = telemetry.histogram(
    "http_client_request_duration_seconds",
    "Calls to other services by their outcome, both tries together; `problem`: refused by the other",
    {"server": "a service of SERVICE_URLS", "outcome": ("ok", "problem", "cancelled", *get_args(Kind))},
)
_retries = telemetry.counter(
    "http_client_retries",
    "Calls tried a second time, by what became of the first",
    {"server": "a service of SERVICE_URLS", "reason": ("connect", "connection", "timeout", "status")},
)


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    body: bytes | None
    timeout: float


class ServiceClient:
    """Calls the services of SERVICE_URLS, in the name of `caller` and with its key. Close it at the end."""

    def __init__(self, caller: str, key: ec.EllipticCurvePrivateKey, urls: Mapping[str, Sequence[str]]) -> None:
        self._tokens = ServiceTokens(caller, key)
        self._peers = {name: Peer(name, list(replicas)) for name, replicas in urls.items() if replicas}
        self._session: aiohttp.ClientSession | None = None
        for name in self._peers:
            _calls.start(name)
            _retries.start(name)

    @overload
    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        into: type[T],
        json: object = None,
        timeout: float = 5.0,  # noqa: ASYNC109 -- as below
        retry: bool = True,
    ) -> T: ...

    @overload
    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        into: None = None,
        json: object = None,
        timeout: float = 5.0,  # noqa: ASYNC109 -- as below
        retry: bool = True,
    ) -> None: ...

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        into: type[T] | None = None,
        json: object = None,
        timeout: float = 5.0,  # noqa: ASYNC109 -- it is passed on as the deadline
        retry: bool = True,
    ) -> T | None:
        """Call `path` ("/internal/quotes") of a service; `json` is whatever msgspec encodes.

        A try lasts `timeout` seconds at most, and none beyond the request's own deadline. `retry`: try once more, at
        another replica if there is one, when the first could not be reached, was cut off, answered 502, 503 or 504, or
        hung while there are other replicas.

        Raises:
            ServiceProblem: the service refused (4xx).
            Unavailable: no usable answer; what was asked may be done or not.
            RuntimeError: inside a transaction, or there is no such service in SERVICE_URLS.
        """
        if in_transaction():
            raise RuntimeError(f"{service} was to be called inside a transaction: commit first, or enqueue a job")
        peer = self._peers.get(service)
        if peer is None:
            raise RuntimeError(f"SERVICE_URLS does not say where {service!r} is")
        request = _Request(method, path, None if json is None else msgspec.json.encode(json), timeout)
        began, outcome = time.perf_counter(), "cancelled"
        try:
            result = self._read(peer, await self._tries(peer, request, retry=retry), into)
        except Failure as failure:
            outcome = failure.kind
            raise Unavailable(f"The {service} service did not answer. Try again in a few seconds.") from failure
        except ServiceProblem:
            outcome = "problem"
            raise
        else:
            outcome = "ok"
            return result
        finally:
            _calls.observe(time.perf_counter() - began, service, outcome)

    async def _tries(self, peer: Peer, request: _Request, *, retry: bool) -> ServiceResponse:
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

    async def _try(self, peer: Peer, replica: Replica, request: _Request) -> ServiceResponse:
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
                answer = await self._send(peer, replica, request, seconds, span.trace or telemetry.current_trace())
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

    async def _send(
        self, peer: Peer, replica: Replica, request: _Request, seconds: float, trace: telemetry.Trace
    ) -> ServiceResponse:
        try:
            async with self._opened().request(
                request.method,
                URL(replica.url + request.path),
                data=request.body,
                headers=self._headers(peer.name, request, seconds, trace),
                timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_TIMEOUT),
                allow_redirects=False,
            ) as response:
                if response.status in _UNDONE:
                    raise Failure("status")
                return ServiceResponse(response.status, response.content_type, await bounded(response))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Failure("connect") from error
        except TimeoutError as error:
            raise Failure("timeout") from error
        except (aiohttp.ClientError, OSError) as error:
            raise Failure("connection") from error

    def _headers(self, service: str, request: _Request, seconds: float, trace: telemetry.Trace) -> dict[str, str]:
        headers = {
            "Authorization": f"Bearer {self._tokens.token(service)}",
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

    def _read(self, peer: Peer, answer: ServiceResponse, into: type[T] | None) -> T | None:
        if 200 <= answer.status < 300:
            return None if into is None else decoded(answer.body, into)
        if answer.status == 401:
            self._tokens.forget(peer.name)
        if answer.kind == MEDIA_TYPE and 400 <= answer.status < 500 and answer.status not in _OURS:
            raise problem(answer)
        raise Failure("status")

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
