"""The signed-in person, by the request's access token: `CurrentPrincipal` in a handler, `require("stock:write")`.

Without `from __future__ import annotations`: FastAPI reads the annotations of the dependencies.
"""

import time
from collections.abc import Callable, Iterable, MutableMapping
from functools import lru_cache
from typing import Annotated, Any, Protocol, get_args
from uuid import UUID

import msgspec
from fastapi import Depends, Request
from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.security.base import SecurityBase

from chassis import problems, telemetry
from chassis.auth import verify
from chassis.auth.jwks import KeySource
from chassis.auth.programs import API_KEY_PREFIX, API_KEY_ROLE, programs_refused
from chassis.auth.token_cache import TokenCache
from chassis.auth.tokens import ACCESS_LIFETIME, ACCESS_TYPE, LEEWAY

_FOUND_IN = "mercat.principal"
REFUSED = telemetry.counter(
    "auth_refused",
    "Requests refused for their token or its permissions",
    {"kind": ("person", "service"), "reason": get_args(verify.Reason)},
)


class Principal(msgspec.Struct, frozen=True):
    """A person who is signed in, and what their token lets them do."""

    account_id: UUID
    session_id: UUID
    scopes: frozenset[str]
    roles: tuple[str, ...] = ()
    session_version: int = 0
    # Unix seconds at which they last proved who they are (chassis.auth.step_up).
    auth_time: int = 0


class KeyHolders(Protocol):
    """Where a Verifier finds what an API key may do."""

    async def principal(self, token: str, scope: MutableMapping[str, Any]) -> Principal:
        """Who holds this key: account and session are the key's id. `scope`: of the request that brings it.

        Raises verify.InvalidToken.
        """


class AccessClaims(verify.Claims, frozen=True):
    """The claims of an access token."""

    sub: UUID
    sid: UUID
    sv: int
    scope: str
    roles: tuple[str, ...] = ()
    # 0, long ago, in tokens of the release that did not have it.
    auth_time: verify.Seconds = 0


class Verifier:
    """Verifies access tokens. `lifetime`: the longest that a token may have, in seconds; `clock` gives Unix seconds."""

    def __init__(
        self,
        keys: KeySource,
        *,
        audience: str,
        issuer: str,
        lifetime: int = ACCESS_LIFETIME,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.keys = keys
        self._lifetime = lifetime
        # Issuer's and verifier's clocks may each be wrong by the leeway.
        self.remembers = lifetime + 2 * LEEWAY
        self._audience = audience
        self._issuer = issuer
        self._clock = clock
        self._kept: TokenCache[Principal] = TokenCache()
        self._revoked: dict[UUID, float] = {}
        # None: this service takes no API keys.
        self.api_keys: KeyHolders | None = None

    def now(self) -> float:
        """Unix seconds, by its clock."""
        return self._clock()

    async def principal(self, token: str, scope: MutableMapping[str, Any] | None = None) -> Principal:
        """The person of the token. `scope`: of the request that brings it; without one no API key is taken.

        Raises:
            verify.InvalidToken: it is refused.
            problems.Unavailable: the issuer's keys cannot be fetched.
        """
        principal = self._kept.get(token)
        if principal is None:
            if self.api_keys is not None and scope is not None and token.startswith(API_KEY_PREFIX):
                return await self.api_keys.principal(token, scope)
            principal = await self._verify(token)
        # Checked on a hit, too: a session ends at once, not when the token leaves the cache.
        if self._revoked and self._revoked.get(principal.session_id, 0) > self._clock():
            raise verify.InvalidToken("revoked")
        return principal

    async def _verify(self, token: str) -> Principal:
        key = await self.keys.key(verify.key_id(token, ACCESS_TYPE))
        if key is None:
            raise verify.InvalidToken("key")
        now = self._clock()
        claims = verify.verify(
            token,
            key,
            AccessClaims,
            issuer=self._issuer,
            audience=self._audience,
            now=now,
            lifetime=self._lifetime,
            single=False,
        )
        scopes = frozenset(claims.scope.split())
        principal = Principal(claims.sub, claims.sid, scopes, claims.roles, claims.sv, claims.auth_time)
        self._kept.put(token, principal, claims.exp + LEEWAY - now)
        return principal

    def revoke(self, session_id: UUID) -> None:
        """Refuse the session's tokens for `remembers` seconds: until the last one runs out, wrong clocks included."""
        now = self._clock()
        while self._revoked and next(iter(self._revoked.values())) <= now:
            del self._revoked[next(iter(self._revoked))]
        self._revoked.pop(session_id, None)  # so that the dict stays in order of time
        self._revoked[session_id] = now + self.remembers


def bearer(request: Request, kind: str) -> str | None:
    """The request's bearer token; None when it has no Authorization header.

    Raises:
        problems.Unauthenticated: the header is of another kind, or there are two.
    """
    values = [value for name, value in request.scope["headers"] if name == b"authorization"]
    if not values:
        return None
    first: str = values[0].decode("latin-1")
    scheme, _, token = first.partition(" ")
    if len(values) > 1 or scheme.lower() != "bearer":
        raise refusal(kind, "malformed")
    return token.strip()


def refusal(kind: str, reason: verify.Reason) -> problems.Unauthenticated:
    """The 401 for a request: RFC 6750 names an error only where credentials were brought."""
    REFUSED.inc(kind, reason)
    if reason == "missing":
        return problems.Unauthenticated("This needs you to be signed in.", headers={"WWW-Authenticate": "Bearer"})
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    return problems.Unauthenticated("Your sign-in is not valid any more. Sign in again.", headers=headers)


class _Bearer(SecurityBase):
    """The scheme in OpenAPI and the dependency are one object, so that the scheme costs a request nothing."""

    model: Any = BearerModel(bearerFormat="JWT", description="An access token from `POST /api/v1/sessions`.")
    scheme_name = "access_token"


class Required(_Bearer):
    """Needs all of `scopes`."""

    def __init__(self, scopes: frozenset[str]) -> None:
        self.scopes = scopes

    async def __call__(self, request: Request) -> Principal:
        """The principal of the request. Raises Unauthenticated (401) or Forbidden (403)."""
        principal = await principal_of(request)
        if principal is None:
            raise refusal("person", "missing")
        if not self.scopes and API_KEY_ROLE in principal.roles:
            raise programs_refused()
        if not self.scopes <= principal.scopes:
            raise await self.forbidden(request, principal)
        return principal

    async def forbidden(self, request: Request, principal: Principal) -> problems.Forbidden:
        """The 403, after it was recorded in the audit log."""
        REFUSED.inc("person", "scope")
        needed = " ".join(sorted(self.scopes))
        await request.app.state.denials(request.scope, principal, needed)
        headers = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'}
        return problems.Forbidden(f"This needs the permission {needed}.", headers=headers)


class _Optional(_Bearer):
    async def __call__(self, request: Request) -> Principal | None:
        principal = await principal_of(request)
        if principal is not None and API_KEY_ROLE in principal.roles:
            raise programs_refused()
        return principal


async def principal_of(request: Request) -> Principal | None:
    """The person who sent the request; None when it has no token. Verified once for each request.

    The application's `state.verifier` decides. The request's state keeps the principal for the log line.

    Raises:
        problems.Unauthenticated: its token is not valid.
    """
    found: Principal | None = request.scope.get(_FOUND_IN)
    if found is not None:
        return found
    token = bearer(request, "person")
    if token is None:
        return None
    verifier: Verifier = request.app.state.verifier
    try:
        principal = await verifier.principal(token, request.scope)
    except verify.InvalidToken as refused:
        raise refusal("person", refused.reason) from None
    request.scope[_FOUND_IN] = principal
    request.scope.setdefault("state", {})["principal"] = principal
    return principal


@lru_cache(maxsize=256)
def require(*scopes: str) -> Callable[[Request], Any]:
    """A dependency that gives the Principal: 401 without a valid token, 403 without all of these scopes."""
    return Required(frozenset(scopes))


def needed(calls: Iterable[Any]) -> frozenset[str] | None:
    """The scopes that a route with these dependencies needs; None where it may be called without a token, too."""
    needs = [call.scopes for call in calls if isinstance(call, Required)]
    return frozenset().union(*needs) if needs else None


CurrentPrincipal = Annotated[Principal, Depends(require())]
MaybePrincipal = Annotated[Principal | None, Depends(_Optional())]
"""None without a token. A token that is not valid is still a 401."""
