"""All that a deployment brings into the namespaces of the admission policies is admitted there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deploy.access.tests.test_admission import refusals
from deploy.charts import helm
from deploy.platform.render import handover
from deploy.release import planned
from deploy.release.environment import Environment

DIGEST = f"sha256:{'a' * 64}"
NAMESPACES = {"mercat", "edge"}


def workload(each: dict[str, Any]) -> dict[str, Any] | None:
    """What is admitted as a workload of an object: itself, or the Job of a CronJob."""
    if each["kind"] == "CronJob":
        template = each["spec"]["jobTemplate"]
        return {"kind": "Job", "metadata": template.get("metadata", {}), "spec": template["spec"]}
    return each if each["kind"] in {"Deployment", "Job", "StatefulSet"} else None


@pytest.mark.parametrize("name", ["development", "production"])
def test_every_workload_of_ours_and_its_pods_are_admitted(name: str) -> None:
    rendered = {
        release.name: (
            release.namespace,
            helm.render(release.files, release=release.name, chart=chart, over=release.values),
        )
        for release in planned.releases(Environment(name, handover(name), digest=DIGEST))
        if isinstance(chart := release.chart, Path) and release.name != "platform-base"
    }
    policies, seen = rendered["access"][1], set()
    for release, (namespace, objects) in rendered.items():
        for each in filter(None, map(workload, objects)):
            where = each["metadata"].get("namespace", namespace)
            if where in NAMESPACES:
                seen.add(release)
                pod = {"kind": "Pod", **each["spec"]["template"]}
                assert refusals(policies, "workloads", each, namespace=where) == []
                assert refusals(policies, "workloads", pod, namespace=where) == []
    assert seen >= {"edge", "database-roles", "books", "catalog", "identity", "orders", "payments", "shop"}
