"""What was answered in place of what was asked for: by route and status, and by the type of the problem."""

from __future__ import annotations

from dataclasses import dataclass

from reporting.asking import Labels, Prometheus

SERVED = "http_server_request_duration_seconds"
ROUTE = "service,http_request_method,http_route"
PUBLIC = 'job="services",http_route!~"/internal/.*|/api/v1/admin/.*|/health.*|/metrics|unmatched"'


@dataclass(frozen=True)
class Failure:
    """Answers of a route with a status that is an error, of `requests` to it in all."""

    service: str
    name: str
    status: str
    count: float
    requests: float


@dataclass(frozen=True)
class Refused:
    """Answers of a route with a type of problem, of `requests` to it in all; and in the time before."""

    service: str
    name: str
    kind: str
    count: float
    requests: float
    count_before: float
    requests_before: float


async def failures(prometheus: Prometheus) -> list[Failure]:
    """By status."""
    labels = (*ROUTE.split(","), "http_response_status_code")
    wrong = (
        f"sum by ({','.join(labels)}) (increase({SERVED}_count{{{PUBLIC},http_response_status_code=~'[45]..'}}[$w]))"
    )
    every = await prometheus.by(_every(), *labels[:3])
    return [
        Failure(service, f"{method} {route}", status, count, every[service, method, route])
        for (service, method, route, status), count in (await prometheus.by(wrong, *labels)).items()
        if count >= 1
    ]


async def refusals(prometheus: Prometheus) -> list[Refused]:
    """By type of problem."""
    labels = (*ROUTE.split(","), "problem_type")
    query = f"sum by ({','.join(labels)}) (increase(http_server_problems_total{{{PUBLIC}}}[$w]))"
    now, before = await prometheus.both(query, *labels)
    every, every_before = await prometheus.both(_every(), *labels[:3])

    def refused(key: Labels, count: float) -> Refused:
        service, method, route, kind = key
        of = (service, method, route)
        return Refused(
            service,
            f"{method} {route}",
            kind,
            count,
            max(count, every.get(of, 0)),
            before.get(key, 0),
            every_before.get(of, 0),
        )

    return [refused(key, count) for key, count in now.items() if count >= 1]


def _every() -> str:
    return f"sum by ({ROUTE}) (increase({SERVED}_count{{{PUBLIC}}}[$w]))"
