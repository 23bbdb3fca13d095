"""Traefik's configuration, generated from every service.yaml. It is written as JSON, which is valid YAML.

Requests from outside reach only the routes of a service.yaml: never /internal, /metrics or /health. The portal gets all
other paths.
"""

from __future__ import annotations

import json
import shutil
import socket
from typing import Any

from chassis.config import ServiceSpec
from mercat.config import environment, services
from mercat.edge import error_page, routers
from mercat.installation import CommandError, Installation, secrets

# Bytes of request line and headers. The longest request that the services' openapi.json allow fits.
MAX_HEADER_BYTES = 32_768
LOOPBACK = ["127.0.0.0/8", "::1/128"]
# The AEAD ciphers of the Mozilla "intermediate" profile for TLS 1.2. TLS 1.3 has its own, all strong.
CIPHERS = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
]


def static_configuration(installation: Installation) -> dict[str, Any]:
    """The static configuration, which Traefik reads at its start."""
    entry_points = {
        "web": _entry_point(f"127.0.0.1:{installation.port('http')}"),
        "websecure": _entry_point(f"127.0.0.1:{installation.port('https')}", tls=True),
        "metrics": {"address": f"127.0.0.1:{installation.port('edge')}", "http": {"aliasHeadersStrategy": "delete"}},
    }
    if has_ipv6():
        # Browsers try ::1 first for "localhost": another program must not listen there.
        entry_points["web6"] = _entry_point(f"[::1]:{installation.port('http')}")
        entry_points["websecure6"] = _entry_point(f"[::1]:{installation.port('https')}", tls=True)
    return {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": "WARN", "format": "json"},
        "ping": {"entryPoint": "metrics"},
        "metrics": {"prometheus": {"entryPoint": "metrics", "addServicesLabels": True}},
        "entryPoints": entry_points,
        "providers": {"file": {"filename": str(installation.run / "routes.yml"), "watch": True}},
    }


def _entry_point(address: str, *, tls: bool = False) -> dict[str, Any]:
    http: dict[str, Any] = {
        "maxHeaderBytes": MAX_HEADER_BYTES,
        # One of our routers refuses these with a problem document: here Traefik would answer with an empty 400.
        "encodedCharacters": {f"allowEncoded{name}": True for name in ("Slash", "BackSlash", "NullCharacter")},
        # No server behind may take X_Forwarded_For for X-Forwarded-For.
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


def dynamic_configuration(installation: Installation, specs: list[ServiceSpec]) -> dict[str, Any]:
    """The dynamic configuration: routers, services, middlewares and certificates.

    Raises:
        CommandError: PUBLIC_URL is a public name without https.
    """
    return {
        "http": {
            "routers": routers.routers(installation, specs),
            "services": _services(installation, specs),
            "middlewares": _middlewares(installation),
            "serversTransports": {
                "local": {
                    "maxIdleConnsPerHost": 256,
                    # Shorter than the 30 s after which a service closes an idle connection: else a request may fail.
                    "forwardingTimeouts": {"dialTimeout": "2s", "idleConnTimeout": "10s"},
                }
            },
        },
        "tls": _tls(installation),
    }


def _services(installation: Installation, specs: list[ServiceSpec]) -> dict[str, Any]:
    """Load balancers of all services; the error page answers while none of a service's replicas is healthy."""
    found: dict[str, Any] = {
        "error_page": {
            "loadBalancer": {"servers": [{"url": installation.url("error_page")}], "serversTransport": "local"}
        },
        # For a service without servers Traefik answers 503 itself, which a middleware replaces.
        "no_servers": {"loadBalancer": {"servers": []}},
    }
    replicas = {spec.name: (services.urls(installation, [spec])[spec.name], "/health/ready") for spec in specs}
    for name, (urls, ready) in {**replicas, "portal": ([installation.url("portal")], "/_portal/ready")}.items():
        found[f"{name}-replicas"] = _balancer(urls, ready)
        found[name] = {"failover": {"service": f"{name}-replicas", "fallback": "error_page"}}
    return found


def _middlewares(installation: Installation) -> dict[str, Any]:
    own = {"service": "error_page", "query": f"{error_page.PROBLEM_PATH}{{status}}"}
    retry: dict[str, Any] = {"attempts": 3, "initialInterval": "20ms", "timeout": "10s", "status": ["502"]}
    # Of the body, which reads do not have, so much is kept for a retry; a request with more is not retried. Traefik
    # allocates this for every request, and its default of 2 MB took five times the CPU of the request itself.
    retry["maxRequestBodyBytes"] = 1024
    return {
        "retry": {"retry": retry},
        # Empty headers are removed. Clients may not send headers that only services set.
        "filter_headers": {
            "headers": {
                "customRequestHeaders": {"X-Deadline": "", "X-Request-Id": ""},
                "customResponseHeaders": _removed_headers(installation),
            }
        },
        # Services never send these: Traefik does, or a server before it has parsed a request.
        "problem_pages": {"errors": {"status": ["431", "502", "504"], **own}},
        "malformed_body": {"errors": {"status": ["500"], "statusRewrites": {"500": 400}, **own}},
        "escaped_path": {"errors": {"status": ["503"], "statusRewrites": {"503": 400}, **own}},
        "unknown_host": {"errors": {"status": ["503"], "statusRewrites": {"503": 404}, **own}},
        "to_https": {
            "redirectScheme": {"scheme": "https", "port": routers.public_port(installation), "permanent": True}
        },
    }


def _removed_headers(installation: Installation) -> dict[str, str]:
    """Response headers to remove.

    HSTS for "localhost" would make a browser refuse plain http of all other servers on this machine for a year.
    """
    local = routers.public_name(installation) is None
    return {"Server": ""} | ({"Strict-Transport-Security": ""} if local else {})


def _tls(installation: Installation) -> dict[str, Any]:
    pair = {
        "certFile": str(installation.certificates / "localhost.pem"),
        "keyFile": str(installation.certificates / "localhost.key"),
    }
    options = {
        "minVersion": "VersionTLS12",
        "cipherSuites": CIPHERS,
        "curvePreferences": ["X25519MLKEM768", "X25519", "CurveP256", "CurveP384"],
    }
    return {"stores": {"default": {"defaultCertificate": pair}}, "options": {"default": options}}


def _balancer(urls: list[str], ready: str) -> dict[str, Any]:
    # Where there is no other replica, a request finds out about an outage as well as a check does.
    interval = "2s" if len(urls) > 1 else "30s"
    check = {"path": ready, "interval": interval, "unhealthyInterval": "500ms", "timeout": "2s"}
    return {
        "loadBalancer": {
            "servers": [{"url": url} for url in urls],
            "healthCheck": check,
            "passHostHeader": True,
            "serversTransport": "local",
        }
    }


def write_configuration(installation: Installation, specs: list[ServiceSpec]) -> None:
    """Write both files. Traefik reloads the routes when they change."""
    secrets.write_private(
        installation.run / "traefik.yml", json.dumps(static_configuration(installation), indent=1).encode()
    )
    secrets.write_private(
        installation.run / "routes.yml", json.dumps(dynamic_configuration(installation, specs), indent=1).encode()
    )


def command(installation: Installation) -> list[str]:
    """The command that runs Traefik in the foreground.

    Raises:
        CommandError: there is no Traefik.
    """
    own = environment.venv_program("traefik")
    found = str(own) if own.is_file() else shutil.which("traefik")
    if found is None:
        raise CommandError("Traefik was not found. Run `make up` again to install it, or put `traefik` on your PATH.")
    return [found, f"--configFile={installation.run / 'traefik.yml'}"]


def has_ipv6() -> bool:
    """Whether this machine can listen on ::1."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
