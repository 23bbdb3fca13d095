"""Which request goes where: Traefik's routers, for this machine's own names and for the public one.

The tools (mail, API docs, what runs) and plain HTTP are this machine's alone. The public name, PUBLIC_URL's, is served
over https only: by Traefik itself, or by a tunnel or proxy on this machine that ends TLS and says so.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from chassis.config import ServiceSpec
from mercat.refusal import Refusal
from mercat.store import Store

LOCAL_NAMES = ("localhost", "127.0.0.1")
TOOLS = ("/about", "/docs", "/mail", "/_portal")
# Of a body without a length; chunks that are none are a 500 of Traefik's own. A service has no 500 for such a request.
_STREAMED = "(Method(`POST`) || Method(`PUT`) || Method(`PATCH`)) && !HeaderRegexp(`Content-Length`, `.`)"
# A slash, backslash or NUL within a segment: what is behind might read another path than was routed here.
_ESCAPED = r"PathRegexp(`(?i)%(2f|5c|00)|[\x00\\]`)"
# Behind its own middlewares each router has these.
_ALWAYS = ["quiet", "problems"]


def public_name(store: Store) -> str | None:
    """The name by which others know the store; None where it is this machine's alone.

    Raises:
        Refusal: it is not to be reached by https, or no name.
    """
    parts = urlsplit(store.public_url)
    name = (parts.hostname or "").rstrip(".")
    if name in LOCAL_NAMES or name.endswith(".localhost"):
        return None
    if parts.scheme != "https" or not name or "`" in name:
        raise Refusal(
            f"PUBLIC_URL={store.public_url} would send what shoppers type over the wire as it is. "
            "Set the https:// address at which your tunnel or proxy serves the store, or leave it out."
        )
    return name


def public_port(store: Store) -> str:
    """The port of the public address."""
    return str(urlsplit(store.public_url).port or 443)


def routers(store: Store, specs: list[ServiceSpec]) -> dict[str, Any]:
    """Routers by name."""
    found = _site(specs, "", f"({' || '.join(f'Host(`{name}`)' for name in LOCAL_NAMES)})", "")
    name = public_name(store)
    if name is not None:
        # Traefik sets this header by the connection, unless a proxy on this machine has: nobody else is believed.
        secure = "Header(`X-Forwarded-Proto`, `https`)"
        found |= _site(specs, "-public", f"Host(`{name}`) && {secure}", f" && !({_paths(TOOLS)})")
        found["plain-public"] = _router(f"Host(`{name}`) && !{secure}", "nobody", "to_https", priority=100_000)
    found["escaped"] = _router(_ESCAPED, "nobody", "escaped", priority=100_001)
    found["nothing"] = _router("PathPrefix(`/`)", "nobody", "nothing", priority=1)
    return found


def _site(specs: list[ServiceSpec], suffix: str, here: str, without: str) -> dict[str, Any]:
    """The store under some names: the services' own routes (neither /internal nor /metrics), the rest the portal's."""
    found: dict[str, Any] = {}
    for spec in specs:
        rule = f"{here} && ({_paths(sorted(spec.routes))})"
        found[f"{spec.name}{suffix}"] = _router(rule, spec.name)
        # Only what may be repeated is repeated: a POST that got no answer may have been done.
        reads = f"{rule} && (Method(`GET`) || Method(`HEAD`))"
        found[f"{spec.name}{suffix}-read"] = _router(reads, spec.name, "again")
        found[f"{spec.name}{suffix}-streamed"] = _router(f"{rule} && {_STREAMED}", spec.name, "unreadable")
    found[f"portal{suffix}"] = _router(f"{here}{without}", "portal", priority=3)
    found[f"portal{suffix}-streamed"] = _router(f"{here}{without} && {_STREAMED}", "portal", "unreadable", priority=4)
    return found


def _router(rule: str, service: str, *middlewares: str, priority: int | None = None) -> dict[str, Any]:
    first = {} if priority is None else {"priority": priority}
    return {"rule": rule, "service": service, "middlewares": [*_ALWAYS, *middlewares], **first}


def _paths(routes: list[str] | tuple[str, ...]) -> str:
    # Traefik's PathPrefix compares characters: alone, /api/v1/cart would also take /api/v1/carton.
    return " || ".join(f"Path(`{route}`) || PathPrefix(`{route}/`)" for route in routes)
