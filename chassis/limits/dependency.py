"""A limit on a route: `dependencies=[Depends(limit("login", "5/min", by=client_ip))]`.

Without `from __future__ import annotations`: FastAPI reads the annotations of the dependency.
"""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, TypeVar

from fastapi import Request

from chassis.auth import principal_of
from chassis.limits.addresses import network_of
from chassis.limits.gcra import Fail, Rule
from chassis.limits.limiter import Decisions, Limiter, rule, state

Key = Callable[[Request], str | Awaitable[str]]
Dependency = TypeVar("Dependency", bound=Callable[..., Any])
_COUNTED: dict[Callable[..., Any], tuple[str, ...]] = {}


def client_ip(request: Request) -> str:
    """The caller's address, past trusted proxies."""
    limiter: Limiter = request.app.state.context.limiter
    return limiter.proxies.client(request.scope)


def client_net(request: Request) -> str:
    """The caller's IPv4 address or IPv6 /64: what a limit should count by."""
    return network_of(client_ip(request))


async def account(request: Request) -> str:
    """The signed-in account; who is not signed in, by address."""
    principal = await principal_of(request)
    return client_net(request) if principal is None else str(principal.account_id)


class _Limited:
    def __init__(self, name: str, rate: str, by: Key, fail: Fail) -> None:
        self._rule = rule(name, rate, fail)
        self._by = client_net if by is client_ip else by

    async def __call__(self, request: Request) -> None:
        limiter: Limiter = request.app.state.context.limiter
        key = self._by(request)
        limits = [(self._rule, key if isinstance(key, str) else await key)]
        add_headers(request, await limiter.enforce_all(limits))


def add_headers(request: Request, decisions: Decisions) -> None:
    """Add the RateLimit fields of these decisions to the answer. The middleware takes them from the scope, so that an
    answer that was made before has them, too.
    """
    extra: list[tuple[bytes, bytes]] = request.scope["extra_headers"]
    for of, decided in decisions:
        extra.append((b"ratelimit-policy", _policy(of)))
        extra.append((b"ratelimit", state(of, decided).encode()))


@lru_cache(maxsize=1_000)
def _policy(of: Rule) -> bytes:
    return of.policy.encode()


def counts(dependency: Dependency, *names: str) -> Dependency:
    """The dependency, which counts against these limits: the API's document names them (docs/concepts/limits.md)."""
    _COUNTED[dependency] = names
    return dependency


def counted(dependency: Callable[..., Any] | None) -> tuple[str, ...]:
    """The limits that a dependency counts against."""
    return () if dependency is None else _COUNTED.get(dependency, ())


def limit(name: str, rate: str, *, by: Key, fail: Fail = "closed") -> Callable[[Request], Any]:
    """A dependency that lets `rate` ("5/min") requests pass for each key that `by` gives, and answers 429 to the rest.

    `by` is client_ip (IPv6 by /64), account, or any function of the request; keys are hashed before they leave the
    process. Without Valkey, "closed" goes on at half the rate in each process and "open" lets everything pass.
    """
    return counts(_Limited(name, rate, by, fail), name)
