"""Calls to other services: signed, limited in time and size, retried once at most, and guarded by a breaker.

A call ends in one of three ways: the answer; ServiceProblem, a refusal of the other service; or Unavailable, after
which it is unknown whether the other service did it. Everything at /internal is idempotent, so a retry is safe.
What is public is read without a signature, and its refusals are answers as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar, get_args, overload

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from chassis import telemetry
from chassis.auth import ServiceTokens
from chassis.db import in_transaction
from chassis.http.answers import Answer, ServiceProblem, decoded, problem
from chassis.http.peers import Failure, Kind, Peer
from chassis.http.trying import Request, Trying
from chassis.problems import MEDIA_TYPE, Unavailable

# These refuse this service itself, not what a use case asked for.
_OURS = frozenset([401, 403, 429])

T = TypeVar("T")
R = TypeVar("R")

_calls = telemetry.histogram(
    "http_client_request_duration_seconds",
    "Calls to other services by their outcome, both tries together; `problem`: refused by the other",
    {"server": "a service of SERVICE_URLS", "outcome": ("ok", "problem", "cancelled", *get_args(Kind))},
)


class ServiceClient:
    """Calls the services of SERVICE_URLS, in the name of `caller` and with its key. Close it at the end."""

    def __init__(self, caller: str, key: ec.EllipticCurvePrivateKey, urls: Mapping[str, Sequence[str]]) -> None:
        self._tokens = ServiceTokens(caller, key)
        self._peers = {name: Peer(name, list(replicas)) for name, replicas in urls.items() if replicas}
        self._trying = Trying(self._peers)
        for name in self._peers:
            _calls.start(name)

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
        peer = self._peer(service)
        headers = {"Authorization": f"Bearer {self._tokens.token(service)}"}
        body = None if json is None else msgspec.json.encode(json)
        request = Request(method, path, headers, body, timeout)
        return await self._asked(peer, request, lambda answer: self._read(peer, answer, into), retry=retry)

    async def read(
        self,
        service: str,
        path: str,
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        timeout: float = 5.0,  # noqa: ASYNC109 -- as above
    ) -> Answer:
        """What a service answers to a GET of a public `path` ("/api/v1/shop"): also a redirection or a refusal.

        As by `call` it is tried twice at most. `headers` are sent beside ours; the service is told nothing of who asks.

        Raises:
            Unavailable: no answer, one of 5xx, or one that refuses this service itself (401, 403, 429).
            RuntimeError: as `call`.
            ValueError: the path does not begin with a slash.
        """
        if not path.startswith("/"):
            raise ValueError(f"a path begins with /: {path!r} might name another host")
        return await self._asked(self._peer(service), Request("GET", path, headers, None, timeout), _usable, retry=True)

    def _peer(self, service: str) -> Peer:
        if in_transaction():
            raise RuntimeError(f"{service} was to be called inside a transaction: commit first, or enqueue a job")
        peer = self._peers.get(service)
        if peer is None:
            raise RuntimeError(f"SERVICE_URLS does not say where {service!r} is")
        return peer

    async def _asked(self, peer: Peer, request: Request, read: Callable[[Answer], R], *, retry: bool) -> R:
        began, outcome = time.perf_counter(), "cancelled"
        try:
            result = read(await self._trying.answer(peer, request, retry=retry))
        except Failure as failure:
            outcome = failure.kind
            raise Unavailable(f"The {peer.name} service did not answer. Try again in a few seconds.") from failure
        except ServiceProblem:
            outcome = "problem"
            raise
        else:
            outcome = "ok"
            return result
        finally:
            _calls.observe(time.perf_counter() - began, peer.name, outcome)

    def _read(self, peer: Peer, answer: Answer, into: type[T] | None) -> T | None:
        if 200 <= answer.status < 300:
            return None if into is None else decoded(answer.body, into)
        if answer.status == 401:
            self._tokens.forget(peer.name)
        if answer.kind == MEDIA_TYPE and 400 <= answer.status < 500 and answer.status not in _OURS:
            raise problem(answer)
        raise Failure("status")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._trying.aclose()


def _usable(answer: Answer) -> Answer:
    if answer.status >= 500 or answer.status in _OURS:
        raise Failure("status")
    return answer
