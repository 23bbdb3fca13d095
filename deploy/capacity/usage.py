"""What pods used, as Prometheus recorded it, and the requests that follow from it.

In a cluster the kubelet tells of containers; beside a laptop's store (`make up ARGS=--observe`) the processes tell of
themselves.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import httpx
import yaml

from deploy.capacity.settings import Environment, Service
from deploy.charts import helm
from deploy.refusal import MISUSED, Refusal

# Memory beyond what was used at the 95th percentile: a limit is twice the request.
HEADROOM = 1.25
_CPU_STEP, _MEMORY_STEP, _LEAST_CPU = 25, 32, 50
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_POD = "([a-z0-9-]+)-[a-z0-9]+-[a-z0-9]+"


@dataclass(frozen=True)
class Source:
    """Where usage stands: series of CPU and of memory by pod or process, and what makes a service's name of one."""

    what: str
    cpu: str
    memory: str
    one: str
    service: str


SOURCES = (
    Source(
        what="containers",
        cpu='container_cpu_usage_seconds_total{namespace="mercat",container="service"}',
        memory='container_memory_working_set_bytes{namespace="mercat",container="service"}',
        one="pod",
        service=f'label_replace({{}}, "service", "$1", "pod", "{_POD}")',
    ),
    Source(
        what="processes",
        cpu='process_cpu_seconds_total{job="services"}',
        memory='process_resident_memory_bytes{job="services"}',
        one="service, instance",
        service="{}",
    ),
)


@dataclass(frozen=True)
class Proposal:
    """A service's usage at the 95th percentile of the window, and the requests that fit it.

    Of the busiest pod: CPU in thousandths of a core, memory in MiB. `all_cpu` is that of all pods together.
    """

    service: Service
    source: str
    cpu_used: float
    all_cpu: float
    memory_used: float
    cpu: int
    memory: int

    @property
    def pods(self) -> int:
        """As many as its autoscaler would have at these requests."""
        needed = math.ceil(self.all_cpu / (self.cpu * self.service.target))
        return min(max(needed, self.service.least), self.service.most)


def proposals(address: str, environment: Environment, window: str) -> list[Proposal]:
    """Of each service of the environment that Prometheus has seen.

    Raises:
        Refusal: the address or the window is none, or nothing is recorded there.
    """
    seconds = _seconds(window)
    if not re.match(r"https?://[^/]", address):
        raise Refusal(f"USAGE is the address of a Prometheus, such as http://localhost:9090; not {address!r}.", MISUSED)
    with httpx.Client(base_url=address.rstrip("/") + "/", timeout=60) as http:
        for source in SOURCES:
            cpu, total, memory = (_asked(http, query) for query in queries(source, seconds))
            services = [each for each in environment.services if each.name in cpu and each.name in memory]
            if services:
                return [
                    _proposal(each, source.what, cpu[each.name], total[each.name], memory[each.name])
                    for each in services
                ]
    names = " and ".join(source.cpu.partition("{")[0] for source in SOURCES)
    raise Refusal(
        f"{address} has recorded no service within {window}: neither {names}. Is it the Prometheus of the store (in a"
        " cluster: kubectl -n monitoring port-forward svc/prometheus-operated 9090), and is the window long enough?"
    )


def queries(source: Source, seconds: int) -> tuple[str, str, str]:
    """By service, in the 95th percentile of the window: CPU of the busiest pod and of all, memory of the largest."""
    # Several scrapes, which are 15 to 30 s apart.
    within = min(300, max(75, seconds // 6))
    over = f"[{seconds}s:{max(5, within // 2)}s]"
    rates = f"sum by ({source.one}) (rate({source.cpu}[{within}s]))"
    busiest = f"max by (service) ({source.service.format(f'quantile_over_time(0.95, ({rates}){over})')})"
    together = f"quantile_over_time(0.95, (sum by (service) ({source.service.format(rates)})){over})"
    memory = source.service.format(f"quantile_over_time(0.95, (max by ({source.one}) ({source.memory})){over})")
    return busiest, together, f"max by (service) ({memory})"


def _asked(http: httpx.Client, query: str) -> dict[str, float]:
    """The values by service.

    Raises:
        Refusal: Prometheus does not answer, or refuses.
    """
    try:
        answer = http.post("api/v1/query", data={"query": query})
        body = answer.json()
        found = body["data"]["result"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise Refusal(
            f"{http.base_url} does not answer as a Prometheus does ({type(error).__name__}: {str(error)[:200]})."
            " A laptop's store has one after: make up ARGS=--observe."
        ) from error
    return {each["metric"]["service"]: float(each["value"][1]) for each in found if each["metric"].get("service")}


def _proposal(service: Service, source: str, cores: float, all_cores: float, used: float) -> Proposal:
    cpu, memory = 1000 * cores, used / 2**20
    # The autoscaler keeps pods at its target, so that much of the request is used at the 95th percentile.
    request = max(_LEAST_CPU, _up(cpu / service.target, _CPU_STEP))
    # A laptop's process does not count the one that re-encodes pictures, and a quiet week may have had none.
    least = max(memory, floor(service.name))
    return Proposal(service, source, cpu, 1000 * all_cores, memory, request, _up(least * HEADROOM, _MEMORY_STEP))


def floor(name: str) -> float:
    """MiB that the bench measured of a picture's process beside the service's own; 0 where there is none."""
    measured = yaml.safe_load((helm.ROOT / "deploy" / "charts" / "measured.yaml").read_text(encoding="utf-8"))
    found = measured["services"].get(name, {})
    picture = found.get("picture_memory_mb")
    return 0.0 if picture is None else (picture + found["memory_mb_p95"]) * 1e6 / 2**20


def _up(value: float, step: int) -> int:
    return math.ceil(value / step) * step


def _seconds(window: str) -> int:
    found = re.fullmatch(r"(\d{1,6})([smhdw])", window)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 120 <= seconds <= 400 * 86_400:
        raise Refusal(f"--window is a time from 120s to 400d, such as 24h or 7d; not {window!r}.", MISUSED)
    return seconds
