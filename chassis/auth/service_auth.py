"""Authentication of services: /internal takes only those that the callers file names, each by its own key.

Without `from __future__ import annotations`: FastAPI reads the annotations of the dependency.
"""

import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import APIRouter, Depends, Request

from chassis import problems
from chassis.auth import verify
from chassis.auth.principal import REFUSED, bearer, refusal
from chassis.auth.token_cache import TokenCache
from chassis.auth.tokens import LEEWAY, SERVICE_LIFETIME, SERVICE_TYPE, public_key

Right = Literal["call", "feed"]


class ServiceKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of the callers file. `key` is a public JWK, or several while a key is being changed."""

    key: dict[str, Any] | list[dict[str, Any]]
    may: frozenset[Right]


class VerifiedService(msgspec.Struct, frozen=True):
    """A caller whose token was verified."""

    name: str
    may: frozenset[Right]


class ServiceVerifier:
    """Verifies service tokens. `audience` is this service's name."""

    def __init__(
        self, entries: Mapping[str, ServiceKeys], audience: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._keys = {name: _keys(caller) for name, caller in entries.items()}
        self._may = {name: caller.may for name, caller in entries.items()}
        self._audience = audience
        self._clock = clock
        self._kept: TokenCache[VerifiedService] = TokenCache(1_000)

    @classmethod
    def load(cls, path: Path, audience: str) -> Self:
        """From the callers file: {"orders": {"key": <JWK>, "may": ["call", "feed"]}}.

        Raises:
            ValueError: the file is not of that form; the message names it.
        """
        try:
            return cls(msgspec.json.decode(path.read_bytes(), type=dict[str, ServiceKeys]), audience)
        except ValueError as wrong:
            raise ValueError(f"{path} (CALLERS_FILE) cannot be used: {wrong}") from wrong

    def identify(self, token: str) -> VerifiedService:
        """The calling service.

        Raises:
            verify.InvalidToken: the token is refused.
        """
        known = self._kept.get(token)
        return known if known is not None else self._verify(token)

    def _verify(self, token: str) -> VerifiedService:
        name = verify.key_id(token, SERVICE_TYPE)
        now = self._clock()
        claims = self._claims(token, name, now)
        known = VerifiedService(name, self._may[name])
        self._kept.put(token, known, claims.exp + LEEWAY - now)
        return known

    def _claims(self, token: str, name: str, now: float) -> verify.Claims:
        """Verified by the first of the caller's keys that signed it."""
        refused = verify.InvalidToken("caller")
        for key in self._keys.get(name, ()):
            try:
                return verify.verify(
                    token,
                    key,
                    verify.Claims,
                    issuer=name,
                    audience=self._audience,
                    now=now,
                    lifetime=SERVICE_LIFETIME,
                    single=True,
                )
            except verify.InvalidToken as reason:
                refused = reason
        raise refused


def _keys(caller: ServiceKeys) -> list[ec.EllipticCurvePublicKey]:
    documents = caller.key if isinstance(caller.key, list) else [caller.key]
    return [public_key(document) for document in documents]


class _RequireService:
    def __init__(self, right: Right) -> None:
        self._right = right

    async def __call__(self, request: Request) -> str:
        token = bearer(request, "service")
        if token is None:
            raise refusal("service", "missing")
        callers: ServiceVerifier = request.app.state.callers
        try:
            known = callers.identify(token)
        except verify.InvalidToken as refused:
            raise refusal("service", refused.reason) from None
        if self._right not in known.may:
            REFUSED.inc("service", "scope")
            raise problems.Forbidden(f"The service {known.name} may not {self._right} here.")
        return known.name


@lru_cache(maxsize=8)
def require_caller(may: Right = "call") -> Callable[[Request], Any]:
    """A dependency that gives the calling service's name: 401 without a valid token, 403 without this right."""
    return _RequireService(may)


def internal_router(may: Right = "call") -> APIRouter:
    """A router at /internal for services in the callers file alone, and not in the public OpenAPI."""
    return APIRouter(prefix="/internal", dependencies=[Depends(require_caller(may))], include_in_schema=False)
