"""Checks that a request is for a local name and comes from this machine: the portal is for whoever sits at it alone.

Any other name gets 404, as protection against DNS rebinding. A tunnel may send "Host: localhost" for a request from
outside; it adds X-Forwarded-Host or X-Forwarded-For, which its clients cannot remove.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from mercat.edge.routers import LOCAL_NAMES
from mercat.portal import responses

_LOCAL = frozenset([*LOCAL_NAMES, "::1"])


class HostCheck:
    """The ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or refuse one from elsewhere."""
        names = [_name(host) for host in _values(scope, b"host")] if scope["type"] == "http" else []
        if scope["type"] == "http" and not (len(names) == 1 and names[0] in _LOCAL and _is_direct(scope)):
            answer = responses.problem(404, "This page is for the machine that the store runs on alone: open it there.")
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_direct(scope: Scope) -> bool:
    """Whether no proxy has forwarded the request from outside."""
    return (
        not _values(scope, b"forwarded")
        and all(_name(host) in _LOCAL for host in _values(scope, b"x-forwarded-host"))
        and all(_is_loopback(address) for address in _values(scope, b"x-forwarded-for"))
    )


def _values(scope: Scope, name: bytes) -> list[str]:
    found: Iterable[bytes] = (value for key, value in scope["headers"] if key == name)
    return [part.strip() for value in found for part in value.decode("latin-1").split(",")]


def _name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
