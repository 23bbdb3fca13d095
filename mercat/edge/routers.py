"""Traefik's routers: which request goes to which service, for local names and for the public name.

The tools (mail, API docs, what runs) and plain HTTP are served under local names only. The public name, that of
PUBLIC_URL, is served over https only: by Traefik, or by a tunnel or proxy on this machine that terminates TLS.

Where no priority is given, Traefik asks the longest rule first.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from chassis.config import ServiceSpec
from chassis.config.service_spec import REST
from mercat.edge import rules
from mercat.installation import CommandError, Installation

LOCAL_NAMES = ("localhost", "127.0.0.1")
TOOL_PATHS = ("/about", "/docs", "/mail", "/observe", "/_portal")
# Below those of all routes, which are longer than 50 characters. The first is for what no router takes.
_UNKNOWN, _REST, _NO_PAGE = 1, 3, 10
# Requests with a chunked body.
_BODY_WITHOUT_LENGTH = "(Method(`POST`) || Method(`PUT`) || Method(`PATCH`)) && !HeaderRegexp(`Content-Length`, `.`)"


def public_name(installation: Installation) -> str | None:
    """The public host name of the store; None if it has local names only.

    Raises:
        CommandError: PUBLIC_URL has no https or no host name.
    """
    parts = urlsplit(installation.public_url)
    name = (parts.hostname or "").rstrip(".")
    if name in LOCAL_NAMES or name.endswith(".localhost"):
        return None
    if parts.scheme != "https" or not name or "`" in name:
        raise CommandError(
            f"PUBLIC_URL={installation.public_url} would send what shoppers type over the wire as it is. "
            "Set the https:// address at which your tunnel or proxy serves the store, or leave it out."
        )
    return name


def public_port(installation: Installation) -> str:
    """The port of PUBLIC_URL, 443 by default."""
    return str(urlsplit(installation.public_url).port or 443)


def routers(installation: Installation, specs: list[ServiceSpec]) -> dict[str, Any]:
    """All routers, by name."""
    here, matches = f"({' || '.join(f'Host(`{name}`)' for name in LOCAL_NAMES)})", rules.RULES["matches"]
    found = {**_host_routers(specs, "", here), **_routers_of("portal", "portal", f"{here} && ({_paths(TOOL_PATHS)})")}
    refusals = {
        "escaped_path": _router(matches["escaped_path"], "no_servers", "escaped_path", priority=100_001),
        "no_page": _router(matches["no_page"], "no_servers", "not_found", priority=_NO_PAGE),
        "unknown": _router("PathPrefix(`/`)", "no_servers", "not_found", priority=_UNKNOWN),
    }
    name = public_name(installation)
    for router in (*found.values(), *(refusals.values() if name is None else ())):
        router["middlewares"].insert(0, "local_names")  # before the others, so that it changes their answer
    if name is not None:
        # Traefik sets this header from the connection, and keeps the one that a proxy on this machine has set.
        secure = "Header(`X-Forwarded-Proto`, `https`)"
        found |= _host_routers(specs, "-public", f"Host(`{name}`) && {secure}")
        found["plain-public"] = _router(f"Host(`{name}`) && !{secure}", "no_servers", "to_https", priority=100_000)
    return found | refusals


def _host_routers(specs: list[ServiceSpec], suffix: str, here: str) -> dict[str, Any]:
    """The routers for some host names: the routes of the services, and who gets all other paths."""
    found: dict[str, Any] = {}
    for spec in specs:
        if paths := [route for route in sorted(spec.routes) if route != REST]:
            found |= _routers_of(f"{spec.name}{suffix}", spec.name, f"{here} && ({_paths(paths)})")
        if REST in spec.routes:
            found |= _routers_of(f"{spec.name}{suffix}-rest", spec.name, here, priority=_REST)
    return found


def _routers_of(name: str, service: str, rule: str, *, priority: int | None = None) -> dict[str, Any]:
    """Reads, which are retried; bodies without a length; and all else, which has the lowest of the three priorities."""
    higher = None if priority is None else priority + 1
    reads, streamed = f"{rule} && (Method(`GET`) || Method(`HEAD`))", f"{rule} && {_BODY_WITHOUT_LENGTH}"
    return {
        name: _router(rule, service, priority=priority),
        f"{name}-read": _router(reads, service, "retry", priority=higher),
        f"{name}-streamed": _router(streamed, service, "malformed_body", priority=higher),
    }


def _router(rule: str, service: str, *middlewares: str, priority: int | None = None) -> dict[str, Any]:
    first = {} if priority is None else {"priority": priority}
    return {"rule": rule, "service": service, "middlewares": [*rules.RULES["common"], *middlewares], **first}


def _paths(routes: list[str] | tuple[str, ...]) -> str:
    # Traefik's PathPrefix compares characters: /api/v1/cart alone would also match /api/v1/carton.
    return " || ".join(f"Path(`{route}`) || PathPrefix(`{route}/`)" for route in routes)
