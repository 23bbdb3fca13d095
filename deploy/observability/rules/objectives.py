"""The service level objectives: of each service, from its service.yaml, and of what shoppers do.

A failure is an answer 5xx; refusals (4xx, declined cards) are none. Services are measured at the edge, which alone sees
the requests that no service answered. What shoppers do is told apart by routes, which services alone know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chassis.config import ServiceSpec, service_spec

ROOT = Path(__file__).resolve().parents[3]
_SERVED = "http_server_request_duration_seconds"
_FAILED = 'http_response_status_code=~"5.."'
_ANSWERED = 'http_response_status_code!~"5.."'
_BROWSE = 'http_request_method="GET",http_route=~"/api/v1/(products|stock|categories|media)(/.*)?"'
_CART = 'http_route=~"/api/v1/cart(/.*)?"'
_CHECKOUT = 'http_request_method="POST",http_route="/api/v1/orders"'
_SIGN_IN = 'http_request_method="POST",http_route="/api/v1/sessions"'
_REFRESH = 'http_request_method="POST",http_route="/api/v1/sessions/refresh"'
_WEBHOOK = 'http_route="/webhooks/stripe"'


@dataclass(frozen=True)
class Objective:
    """`percent` of what happens is good over 30 days. `requests` and `errors`: PromQL, per second over 5 minutes."""

    slo: str
    percent: float
    about: str
    requests: str
    errors: str
    service: str = ""
    # errors, latency, or lag: what another alert pages for, so that this one makes tickets alone.
    kind: str = "errors"

    @property
    def budget(self) -> str:
        """The ratio of errors that is allowed."""
        return f"{round((100 - self.percent) / 100, 6):.6f}".rstrip("0")


def answered(slo: str, percent: float, about: str, service: str, where: str) -> Objective:
    """Of a service's requests that `where` selects, so many are not answered 5xx."""
    selected = f'service="{service}",{where}'
    requests = f"sum(rate({_SERVED}_count{{{selected}}}[5m]))"
    errors = f"sum(rate({_SERVED}_count{{{selected},{_FAILED}}}[5m])) or 0 * {requests}"
    return Objective(slo, percent, about, requests, errors, service)


def fast(slo: str, percent: float, about: str, service: str, where: str, seconds: float) -> Objective:
    """Of the answers that `where` selects, so many took no longer. `seconds` is an edge of the histogram's buckets."""
    selected = f'service="{service}",{where},{_ANSWERED}'
    requests = f"sum(rate({_SERVED}_count{{{selected}}}[5m]))"
    within = f'sum(rate({_SERVED}_bucket{{{selected},le="{float(seconds)}"}}[5m]))'
    name = f"{slo}-{round(seconds * 1000)}ms"
    return Objective(name, percent, about, requests, f"{requests} - {within}", service, "latency")


def of_service(spec: ServiceSpec) -> Iterator[Objective]:
    """What a service promises by `slo` in its service.yaml: at the edge, and the p99 of its public routes.

    A router of Traefik's is named after the service: web-catalog-read@file on a laptop, httproute-mercat-catalog-...
    (Gateway) or mercat-catalog-HOST-PATH (Ingress) in a cluster. What stands before the service is written out, since a
    host may be called as a service is (shop.example.com). What waits for the provider, or is asked inside, has its own.
    """
    name = spec.name
    seen = f'router=~"(web|websecure|mercat|httproute-mercat)-{name}(-.*)?@.*"'
    requests = f"sum(rate(traefik_router_requests_total{{{seen}}}[5m]))"
    errors = f'sum(rate(traefik_router_requests_total{{{seen},code=~"5.."}}[5m])) or 0 * {requests}'
    about = f"whoever needs {spec.about}"
    yield Objective(name, spec.slo.availability, about, requests, errors, name)
    public = 'http_route!~"/internal/.*|/api/v1/admin/.*|unmatched"'
    if name == "orders":
        public += ',http_route!="/api/v1/orders"'
    yield fast(name, 99, about, name, public, int(spec.slo.p99.removesuffix("ms")) / 1000)


def of_shoppers() -> Iterator[Objective]:
    """What shoppers, and the payment provider, are promised."""
    browsing, filling, paying = (
        "shoppers who look at products",
        "shoppers who fill a cart",
        "shoppers who place an order",
    )
    yield answered("browse", 99.95, browsing, "catalog", _BROWSE)
    yield fast("browse", 95, browsing, "catalog", _BROWSE, 0.1)
    yield fast("browse", 99, browsing, "catalog", _BROWSE, 0.3)
    yield answered("cart", 99.9, filling, "orders", _CART)
    yield fast("cart", 99, filling, "orders", _CART, 0.4)
    yield answered("checkout", 99.95, paying, "orders", _CHECKOUT)
    # With the payment provider's time, which is not ours.
    yield fast("checkout", 99, paying, "orders", _CHECKOUT, 5)
    yield answered("sign-in", 99.95, "people who sign in", "identity", _SIGN_IN)
    yield fast("sign-in", 99, "people who sign in", "identity", _SIGN_IN, 0.8)
    yield answered("refresh", 99.95, "people who are signed in", "identity", _REFRESH)
    yield fast("refresh", 99, "people who are signed in", "identity", _REFRESH, 0.15)
    yield answered("webhook", 99.99, "payments whose outcome we are told late", "payments", _WEBHOOK)


def of_processes() -> Iterator[Objective]:
    """What happens without a request: payments settle, and events take effect."""
    # Stricter than "within 60 s": what is not done at once the reconciler does, from 5 s later on.
    settled = "payments_settled_at_once_total"
    requests = f"sum(rate({settled}[5m]))"
    late = f'sum(rate({settled}{{outcome!="done"}}[5m])) or 0 * {requests}'
    about = "shoppers whose payment is not settled yet"
    yield Objective("settlement", 99.9, about, requests, late, "payments", "lag")
    age = "inbox_event_age_seconds"
    requests = f"sum(rate({age}_count[5m]))"
    late = f'{requests} - sum(rate({age}_bucket{{le="5.0"}}[5m]))'
    yield Objective("event-lag", 99.9, "what other services must hear of", requests, late, kind="lag")


def of_edge() -> Objective:
    """Requests that the edge had to answer itself, with an error, in place of any service."""
    requests = 'sum(rate(traefik_entrypoint_requests_total{entrypoint=~"web.*"}[5m]))'
    unanswered = 'sum(rate(traefik_entrypoint_requests_total{entrypoint=~"web.*",code=~"502|504"}[5m]))'
    about = "whoever asks the store for anything"
    return Objective("edge", 99.95, about, requests, f"{unanswered} or 0 * {requests}")


def specs(root: Path = ROOT) -> list[ServiceSpec]:
    """The service.yaml of every service, in the order of names."""
    return [service_spec.read(path) for path in sorted((root / "services").glob("*/service.yaml"))]


def objectives(services: list[ServiceSpec]) -> list[Objective]:
    """All objectives; each has a name of its own."""
    found = [*of_shoppers(), *of_processes(), of_edge()]
    return found + [each for spec in services for each in of_service(spec)]
