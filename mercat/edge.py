"""Traefik's configuration, derived from every service.yaml. JSON throughout: it is YAML, and quotes itself.

Only the routes of a service.yaml reach a service, so /internal, /metrics and /health are out of reach from outside.
What no service claims goes to the portal.
"""

from __future__ import annotations

import json
import shutil
import socket
from typing import Any
from urllib.parse import urlsplit

from chassis.service_spec import ServiceSpec
from mercat import environment, keep, services
from mercat.refusal import Refusal
from mercat.store import Store

MAX_BODY = 11_000_000  # uploads end at 10 MB in the service itself; the edge stops what is far beyond
MAX_HEADER = 16_384
LOOPBACK = ["127.0.0.0/8", "::1/128"]
# The bar of the Mozilla "intermediate" profile, AEAD only. TLS 1.3 has its own three, all strong.
CIPHERS = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
]
_ENCODED = ("Slash", "BackSlash", "NullCharacter")


def static(store: Store) -> dict[str, Any]:
    """What Traefik reads once, at its start."""
    entry_points = {
        "web": _entry_point(f"127.0.0.1:{store.port('http')}"),
        "websecure": _entry_point(f"127.0.0.1:{store.port('https')}", tls=True),
        "metrics": {"address": f"127.0.0.1:{store.port('edge')}", "http": {"aliasHeadersStrategy": "delete"}},
    }
    if has_ipv6():
        # Browsers try ::1 first for "localhost": whoever listens there would be taken for the store.
        entry_points["web6"] = _entry_point(f"[::1]:{store.port('http')}")
        entry_points["websecure6"] = _entry_point(f"[::1]:{store.port('https')}", tls=True)
    return {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": "WARN", "format": "json"},
        "ping": {"entryPoint": "metrics"},
        "metrics": {"prometheus": {"entryPoint": "metrics", "addServicesLabels": True}},
        "entryPoints": entry_points,
        "providers": {"file": {"filename": str(store.run / "routes.yml"), "watch": True}},
    }


def _entry_point(address: str, *, tls: bool = False) -> dict[str, Any]:
    refused = {f"allowEncoded{name}": False for name in _ENCODED}
    http: dict[str, Any] = {
        "maxHeaderBytes": MAX_HEADER,
        "encodedCharacters": refused,
        # X_Forwarded_For must not pass for X-Forwarded-For anywhere behind.
        "aliasHeadersStrategy": "delete",
    }
    if tls:
        http["tls"] = {}
    return {
        "address": address,
        "asDefault": True,
        "http": http,
        "forwardedHeaders": {"insecure": False, "trustedIPs": LOOPBACK},
        "transport": {
            "respondingTimeouts": {"readTimeout": "60s", "idleTimeout": "180s"},
            "lifeCycle": {"graceTimeOut": "10s"},
        },
    }


def dynamic(store: Store, specs: list[ServiceSpec]) -> dict[str, Any]:
    """Routers, services, limits and certificates."""
    here = _hosts(store)
    routers: dict[str, Any] = {}
    for spec in specs:
        rule = f"({here}) && ({' || '.join(_prefix(route) for route in sorted(spec.routes))})"
        routers[spec.name] = {"rule": rule, "service": spec.name, "middlewares": ["quiet", "body"]}
        # Only what may be repeated is repeated: a POST that got no answer may have been done.
        reads = f"{rule} && (Method(`GET`) || Method(`HEAD`))"
        routers[f"{spec.name}-read"] = {"rule": reads, "service": spec.name, "middlewares": ["quiet", "again"]}
    routers["portal"] = {"rule": here, "service": "portal", "priority": 1, "middlewares": ["quiet", "body"]}
    balancers = {spec.name: _balancer(services.urls(store, [spec])[spec.name], "/health/ready") for spec in specs}
    balancers["portal"] = _balancer([store.url("portal")], "/_portal/ready")
    return {
        "http": {
            "routers": routers,
            "services": balancers,
            "middlewares": {
                "body": {"buffering": {"maxRequestBodyBytes": MAX_BODY}},
                "again": {"retry": {"attempts": 3, "initialInterval": "20ms", "timeout": "10s", "status": ["502"]}},
                "quiet": {"headers": {"customResponseHeaders": _taken_away(store)}},
            },
            "serversTransports": {
                "local": {
                    "maxIdleConnsPerHost": 256,
                    # Shorter than the 30 s after which a service closes an idle connection, or a request meets its end.
                    "forwardingTimeouts": {"dialTimeout": "2s", "idleConnTimeout": "10s"},
                }
            },
        },
        "tls": _tls(store),
    }


def _taken_away(store: Store) -> dict[str, str]:
    """Headers that must not leave this machine: empty ones are removed.

    HSTS for "localhost" would make a browser refuse plain http of everything else on this machine, for a year.
    """
    local = (urlsplit(store.public_url).hostname or "localhost") in {"localhost", "127.0.0.1"}
    return {"Server": ""} | ({"Strict-Transport-Security": ""} if local else {})


def _tls(store: Store) -> dict[str, Any]:
    pair = {
        "certFile": str(store.certificates / "localhost.pem"),
        "keyFile": str(store.certificates / "localhost.key"),
    }
    options = {
        "minVersion": "VersionTLS12",
        "cipherSuites": CIPHERS,
        "curvePreferences": ["X25519MLKEM768", "X25519", "CurveP256", "CurveP384"],
    }
    return {"stores": {"default": {"defaultCertificate": pair}}, "options": {"default": options}}


def _hosts(store: Store) -> str:
    """Only names of this machine: another name that was made to point here (DNS rebinding) finds nothing."""
    given = urlsplit(store.public_url).hostname or "localhost"
    names = dict.fromkeys(["localhost", "127.0.0.1", given])
    return " || ".join(f"Host(`{name}`)" for name in names)


def _prefix(route: str) -> str:
    # Traefik's PathPrefix compares characters: alone, /api/v1/cart would also take /api/v1/carton.
    return f"Path(`{route}`) || PathPrefix(`{route}/`)"


def _balancer(urls: list[str], ready: str) -> dict[str, Any]:
    check = {"path": ready, "interval": "2s", "unhealthyInterval": "500ms", "timeout": "2s"}
    return {
        "loadBalancer": {
            "servers": [{"url": url} for url in urls],
            "healthCheck": check,
            "passHostHeader": True,
            "serversTransport": "local",
        }
    }


def write(store: Store, specs: list[ServiceSpec]) -> None:
    """Write both files. Traefik follows changes of the routes while it runs."""
    keep.write_private(store.run / "traefik.yml", json.dumps(static(store), indent=1).encode())
    keep.write_private(store.run / "routes.yml", json.dumps(dynamic(store, specs), indent=1).encode())


def command(store: Store) -> list[str]:
    """The command that runs Traefik in the foreground.

    Raises:
        Refusal: there is no Traefik.
    """
    own = environment.binary("traefik")
    found = str(own) if own.is_file() else shutil.which("traefik")
    if found is None:
        raise Refusal("Traefik was not found. Run `make up` again to install it, or put `traefik` on your PATH.")
    return [found, f"--configFile={store.run / 'traefik.yml'}"]


def has_ipv6() -> bool:
    """Whether this machine can listen on ::1."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
