"""The rendered autoscalers on a recorded day with a tenfold peak, with what the bench measured of each service."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.charts import autoscaling, helm
from deploy.charts.policies import of_kind, pod_of
from deploy.charts.tests.releases import ENVIRONMENTS, release
from deploy.charts.tests.releases import SERVICES as ALL_SERVICES

PRODUCTION = next(path for path in ENVIRONMENTS if path.stem == "production")
MEASURED = yaml.safe_load((helm.ROOT / "deploy" / "charts" / "measured.yaml").read_text(encoding="utf-8"))["services"]
# A new service may have none yet: proofs/bench/resources.py says what to measure.
SERVICES = [path for path in ALL_SERVICES if path.parent.name in MEASURED]
LINES = (Path(__file__).parent / "recorded_day.txt").read_text(encoding="utf-8").splitlines()
COUNTS = [int(count) for line in LINES if not line.startswith("#") for count in line.split()]
# Orders a second of the whole store in the busiest minute: each service needs then about ten replicas.
PEAK = 200
FLAP_SECONDS = 600
Spec = dict[str, Any]


def memory_used(name: str) -> float:
    return float(MEASURED[name]["memory_mb_p95"] + MEASURED[name].get("picture_memory_mb", 0))


def requested(objects: helm.Objects) -> tuple[float, float]:
    """Millicores, and memory in MB."""
    (deployment,) = of_kind(objects, "Deployment")
    requests = pod_of(deployment)["containers"][0]["resources"]["requests"]
    return float(requests["cpu"].removesuffix("m")), float(requests["memory"].removesuffix("Mi")) * 1.048576


def complaints(service: Path, change: Callable[[Spec], object] = lambda _spec: None) -> list[str]:
    """What is wrong with the day of a service, whose autoscaler is changed before."""
    objects, name = release(service, PRODUCTION), service.parent.name
    (scaler,) = of_kind(yaml.safe_load(yaml.safe_dump(objects)), "HorizontalPodAutoscaler")
    change(scaler["spec"])
    cpu, memory = requested(objects)
    measured = MEASURED[name]
    pod = autoscaling.Pod(cpu, memory, measured["cpu_ms_a_request"], memory_used(name))
    peak = PEAK * measured["requests_an_order"] / max(COUNTS)
    day = autoscaling.run(scaler["spec"], pod, [count * peak for count in COUNTS for _ in range(60)])
    found = [f"requests wait for {max(day.waits):.0f} s"] if max(day.waits) > 0 else []
    late = sum(needed > serving for needed, serving in zip(day.needed, day.serving, strict=True))
    found += [f"there are too few replicas in {late} s"] if late else []
    found += [f"it flaps {day.reversals(FLAP_SECONDS)} times"] if day.reversals(FLAP_SECONDS) else []
    spare = day.replicas[-1] - max(2 * day.needed[-1], scaler["spec"]["minReplicas"])
    return found + ([f"{spare} replicas too many stay when the rush is over"] if spare > 0 else [])


def test_the_services_of_the_store_are_measured() -> None:
    assert set(MEASURED) >= {"identity", "catalog", "orders", "payments"}


def test_the_recorded_day_has_a_tenfold_peak() -> None:
    assert len(COUNTS) == 24 * 60
    assert max(COUNTS) >= 10 * sorted(COUNTS)[len(COUNTS) // 2]


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.parent.name)
def test_replicas_come_before_queues_do_and_do_not_flap(service: Path) -> None:
    assert complaints(service) == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.parent.name)
def test_requests_are_what_was_measured_within_a_factor_of_two(service: Path) -> None:
    name = service.parent.name
    cpu, memory = requested(release(service, PRODUCTION))
    assert 0.5 <= cpu / MEASURED[name]["cpu_millicores_p95"] <= 2
    assert 0.5 <= memory / memory_used(name) <= 2


def test_memory_is_limited_to_twice_what_is_requested() -> None:
    (deployment,) = of_kind(release(SERVICES[0], PRODUCTION), "Deployment")
    resources = pod_of(deployment)["containers"][0]["resources"]
    limit, request = (int(resources[which]["memory"].removesuffix("Mi")) for which in ("limits", "requests"))
    assert limit == 2 * request


def target(name: str, percent: int) -> Callable[[Spec], object]:
    def change(spec: Spec) -> None:
        (metric,) = (one for one in spec["metrics"] if one["resource"]["name"] == name)
        metric["resource"]["target"]["averageUtilization"] = percent

    return change


def test_the_formula_is_the_documented_one() -> None:
    """The examples of Kubernetes' own page, and the behaviour of the chart."""
    (rendered,) = of_kind(release(SERVICES[0], PRODUCTION), "HorizontalPodAutoscaler")
    spec = {**rendered["spec"], "metrics": rendered["spec"]["metrics"][:1], "minReplicas": 1}
    target("cpu", 50)(spec)

    def wanted(current: int, percent: float, unready: int = 0) -> int:
        return autoscaling.Autoscaler(spec).replicas(0, current, unready, {"cpu": percent})

    assert wanted(3, 100) == 6  # twice the target: twice the replicas
    assert wanted(10, 25) == 9  # half of it: half, and no more than a tenth a minute is taken
    assert wanted(3, 54.9) == wanted(3, 45.1) == 3  # within the tolerance
    assert wanted(4, 56) == 5  # rounded up
    assert wanted(10, 200) == 20  # twice as many at once, at most
    assert wanted(1, 400) == 5  # or four more
    assert wanted(4, 75, unready=2) == 4  # pods that are not measured count as idle where more would be wanted
    assert wanted(3, 50) == 3
    scaler = autoscaling.Autoscaler(spec)
    assert scaler.replicas(0, 10, 0, {"cpu": 50}) == 10
    assert scaler.replicas(599, 10, 0, {"cpu": 10}) == 10  # what was advised in the last ten minutes holds
    assert scaler.replicas(600, 10, 0, {"cpu": 10}) == 9


FAULTS = {
    "wait": (target("cpu", 95), "the target is too high"),
    "too few": (lambda spec: spec.update(maxReplicas=8), "there are too few at most"),
    "flaps": (lambda spec: spec["behavior"]["scaleDown"].update(stabilizationWindowSeconds=0), "down without a pause"),
    "too many": (target("memory", 60), "memory, which does not depend on load, keeps replicas"),
    "wait for": (
        lambda spec: spec["behavior"]["scaleUp"].update(policies=[{"type": "Pods", "value": 1, "periodSeconds": 900}]),
        "up too slowly",
    ),
}


@pytest.mark.parametrize(
    ("said", "change", "_why"), [(said, *fault) for said, fault in FAULTS.items()], ids=list(FAULTS)
)
def test_a_seeded_fault_is_found(said: str, change: Callable[[Spec], object], _why: str) -> None:
    assert any(said in line for line in itertools.chain(*(complaints(service, change) for service in SERVICES)))
