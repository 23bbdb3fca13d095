"""Who may see what: the tools are for this machine's own names, the storefront for the public one too.

Any other name that was made to point here (DNS rebinding) gets nothing. A tunnel may call the store "localhost" in its
stranger's stead; it tells by X-Forwarded-Host or -For whom it speaks for, which nobody can take back out.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from mercat.portal import answers
from mercat.routing import LOCAL_NAMES, TOOLS

_LOCAL = frozenset([*LOCAL_NAMES, "::1"])


class Hosts:
    """A middleware. `scope["state"]["local"]` says whether this machine itself asks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        names = [_name(host) for host in _values(scope, b"host")]
        local = len(names) == 1 and names[0] in _LOCAL and _for_nobody_else(scope)
        scope.setdefault("state", {})["local"] = local
        if _is_tool(scope["path"]) and not local:
            answer = answers.problem(404, "This page is for the machine that the store runs on alone: open it there.")
            await answer(scope, receive, send)
        elif len(names) != 1 or names[0] not in {*_LOCAL, scope["app"].state.public_name}:
            await answers.problem(404, "The store is not known by this name.")(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_tool(path: str) -> bool:
    return any(path == tool or path.startswith(f"{tool}/") for tool in TOOLS)


def _for_nobody_else(scope: Scope) -> bool:
    """Whether no proxy says that it passes on what a stranger asks."""
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
