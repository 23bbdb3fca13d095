"""Traefik's configuration, generated from every service.yaml. It is written as JSON, which is valid YAML.

Requests from outside reach only the routes of a service.yaml: never /internal, /metrics or /health; and from this
machine those of the portal.
"""

from __future__ import annotations

import json
import shutil
import socket
from typing import Any

from chassis.config import ServiceSpec
from mercat.config import environment, services
from mercat.edge import routers, rules
from mercat.installation import CommandError, Installation, secrets

MAX_HEADER_BYTES: int = rules.RULES["entry_point"]["http"]["maxHeaderBytes"]
LOOPBACK = ["127.0.0.0/8", "::1/128"]


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
        "metrics": {"prometheus": {"entryPoint": "metrics", "addServicesLabels": True, "addRoutersLabels": True}},
        "entryPoints": entry_points,
        "providers": {"file": {"filename": str(installation.run / "routes.yml"), "watch": True}},
    }


def _entry_point(address: str, *, tls: bool = False) -> dict[str, Any]:
    shared = rules.RULES["entry_point"]
    return {
        "address": address,
        "asDefault": True,
        "http": {**shared["http"], **({"tls": {}} if tls else {})},
        "forwardedHeaders": {"insecure": False, "trustedIPs": LOOPBACK},
        "transport": {**shared["transport"], "lifeCycle": {"graceTimeOut": "10s"}},
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
            "serversTransports": {"local": rules.RULES["servers_transport"]},
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
    page = {"service": "error_page", "query": rules.RULES["error_page_query"]}
    return rules.middlewares("error_page") | {
        # HSTS for "localhost" would make a browser refuse plain http of all other servers on this machine for a year.
        "local_names": {"headers": {"customResponseHeaders": {"Strict-Transport-Security": ""}}},
        "escaped_path": {"errors": {"status": ["503"], "statusRewrites": {"503": 400}, **page}},
        "not_found": {"errors": {"status": ["503"], "statusRewrites": {"503": 404}, **page}},
        "to_https": {
            "redirectScheme": {"scheme": "https", "port": routers.public_port(installation), "permanent": True}
        },
    }


def _tls(installation: Installation) -> dict[str, Any]:
    pair = {
        "certFile": str(installation.certificates / "localhost.pem"),
        "keyFile": str(installation.certificates / "localhost.key"),
    }
    return {"stores": {"default": {"defaultCertificate": pair}}, "options": {"default": rules.RULES["tls"]}}


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
