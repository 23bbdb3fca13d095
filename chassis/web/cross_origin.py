"""CORS: pages of the origins in CORS_ORIGINS, and of no others, may use the API from a browser.

They may send cookies too. Our cookies are SameSite=Strict: a browser sends them only from pages of the same site, which
are those of another port or another host name of one domain.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SENT = (
    *("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"),
    *("Cart-Token", "Order-Token", "X-Mercat", "traceparent"),
)
_READ = ("ETag", "Idempotent-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id")
_PREFLIGHT_SECONDS = 600


class CrossOrigin:
    """The outermost middleware, since a page must be able to read refusals too."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._origins = origins
        self._allowed = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=_METHODS,
            allow_headers=_SENT,
            allow_credentials=True,
            expose_headers=_READ,
            max_age=_PREFLIGHT_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or pass the request on with the CORS headers of its origin."""
        if _origin(scope) in self._origins:
            await self._allowed(scope, receive, send)
        else:
            await self._app(scope, receive, _by_origin(send))


def _origin(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None)


def _by_origin(send: Send) -> Send:
    """`send` with `Vary: Origin`: an answer without CORS headers must not be served to an allowed page by a cache."""

    async def varied(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"vary", b"Origin")]
        await send(message)

    return varied
