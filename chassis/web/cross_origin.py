"""Pages of other origins that may use the API from a browser (CORS): those that CORS_ORIGINS names, and nobody else.

They may send cookies too. A cookie of ours is SameSite=Strict all the same: it goes with requests from the same site
alone, which is another port or another name of one domain.
"""

from __future__ import annotations

from functools import lru_cache

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SENT = (
    *("Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"),
    *("Cart-Token", "Order-Token", "X-Mercat", "traceparent"),
)
_READ = ("ETag", "Idempotent-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id")
# Browsers ask again after two hours at the latest.
_REMEMBERED_SECONDS = 600


class CrossOrigin:
    """A middleware outside of all others: refusals, too, must be legible to the page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._allowing = lru_cache(maxsize=4)(self._allow)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or pass the request on with the CORS headers of its origin."""
        origins = _origins(scope) if scope["type"] == "http" else ()
        if not origins:
            await self._app(scope, receive, send)
        elif _origin(scope) in origins:
            await self._allowing(origins)(scope, receive, send)
        else:
            await self._app(scope, receive, _by_origin(send))

    def _allow(self, origins: tuple[str, ...]) -> ASGIApp:
        return CORSMiddleware(
            self._app,
            allow_origins=origins,
            allow_methods=_METHODS,
            allow_headers=_SENT,
            allow_credentials=True,
            expose_headers=_READ,
            max_age=_REMEMBERED_SECONDS,
        )


def _origins(scope: Scope) -> tuple[str, ...]:
    # A service that has not begun has no settings yet.
    ctx = getattr(scope["app"].state, "context", None)
    return tuple(ctx.settings.cors_origins) if ctx is not None and ctx.settings.cors_origins else ()


def _origin(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None)


def _by_origin(send: Send) -> Send:
    """What a cache keeps must not be served to a page of another origin: it lacks the leave to be read there."""

    async def varied(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"vary", b"Origin")]
        await send(message)

    return varied
