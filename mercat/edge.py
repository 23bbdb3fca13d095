"""Traefik's configuration, derived from every service.yaml. JSON throughout: it is YAML, and quotes itself.

Only the routes of a service.yaml reach a service, so /internal, /metrics and /health are out of reach from outside.
What no service claims goes to the portal.
"""

from __future__ import annotations

import json
import shutil
import socket
from typing import Any

from chassis.config import ServiceSpec
from mercat import environment, error_page, keep, routing, services
from mercat.refusal import Refusal
from mercat.store import Store

# Request line and headers together. All that the services' openapi.json allow fits, escaped and with every header.
MAX_HEADER = 32_768
LOOPBACK = ["127.0.0.0/8", "::1/128"]
# The bar of the Mozilla "intermediate" profile, AEAD only. TLS 1.3 has its own three, all strong.
CIPHERS = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
]


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
    http: dict[str, Any] = {
        "maxHeaderBytes": MAX_HEADER,
        # Refused by a router of ours, as a problem: here Traefik would answer by itself, with an empty 400.
        "encodedCharacters": {f"allowEncoded{name}": True for name in ("Slash", "BackSlash", "NullCharacter")},
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
    """Routers, services, limits and certificates.

    Raises:
        Refusal: PUBLIC_URL is another machine's name without https.
    """
    return {
        "http": {
            "routers": routing.routers(store, specs),
            "services": _services(store, specs),
            "middlewares": _middlewares(store),
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


def _services(store: Store, specs: list[ServiceSpec]) -> dict[str, Any]:
    """Each with the error page in its stead while none of its replicas is well."""
    found: dict[str, Any] = {
        "error_page": {"loadBalancer": {"servers": [{"url": store.url("error_page")}], "serversTransport": "local"}},
        # An answer of its own Traefik has only for a service without servers.
        "nobody": {"loadBalancer": {"servers": []}},
    }
    replicas = {spec.name: (services.urls(store, [spec])[spec.name], "/health/ready") for spec in specs}
    for name, (urls, ready) in {**replicas, "portal": ([store.url("portal")], "/_portal/ready")}.items():
        found[f"{name}-replicas"] = _balancer(urls, ready)
        found[name] = {"failover": {"service": f"{name}-replicas", "fallback": "error_page"}}
    return found


def _middlewares(store: Store) -> dict[str, Any]:
    own = {"service": "error_page", "query": f"{error_page.PAGES}{{status}}"}
    return {
        "again": {"retry": {"attempts": 3, "initialInterval": "20ms", "timeout": "10s", "status": ["502"]}},
        # Empty headers are removed. What only services may say is not taken from outside.
        "quiet": {
            "headers": {
                "customRequestHeaders": {"X-Deadline": "", "X-Request-Id": ""},
                "customResponseHeaders": _taken_away(store),
            }
        },
        # Services never answer these: they come from Traefik, or from a server before it has read a request.
        "problems": {"errors": {"status": ["431", "502", "504"], **own}},
        "unreadable": {"errors": {"status": ["500"], "statusRewrites": {"500": 400}, **own}},
        "escaped": {"errors": {"status": ["503"], "statusRewrites": {"503": 400}, **own}},
        "nothing": {"errors": {"status": ["503"], "statusRewrites": {"503": 404}, **own}},
        "to_https": {"redirectScheme": {"scheme": "https", "port": routing.public_port(store), "permanent": True}},
    }


def _taken_away(store: Store) -> dict[str, str]:
    """Headers that must not leave this machine: empty ones are removed.

    HSTS for "localhost" would make a browser refuse plain http of everything else on this machine, for a year.
    """
    local = routing.public_name(store) is None
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


def _balancer(urls: list[str], ready: str) -> dict[str, Any]:
    # Where there is no other replica to turn to, the edge need not know of an outage before it meets it.
    interval = "2s" if len(urls) > 1 else "10s"
    check = {"path": ready, "interval": interval, "unhealthyInterval": "500ms", "timeout": "2s"}
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
