"""The job that writes the week's page: bounded, restricted, and let through to Prometheus alone."""

from __future__ import annotations

import importlib
import re
from functools import cache
from pathlib import Path

import pytest

from deploy.charts import helm, network, policies
from deploy.charts.network import Pod
from deploy.charts.policies import of_kind
from deploy.charts.tests.releases import DIGEST
from deploy.charts.validation import invalid
from deploy.platform.render import HANDOVERS, handover
from deploy.recovery.rendered import objects as everything
from deploy.release import planned
from deploy.release.environment import Environment

pytestmark = pytest.mark.usefixtures("needs_helm")
UNWATCHED = {"monitoring": {"enabled": False}}
PROMETHEUS: Pod = ("monitoring", {"app.kubernetes.io/name": "prometheus"})


@cache
def rendered(environment: str) -> helm.Objects:
    """All of the environment."""
    found: helm.Objects = everything(environment, handover(environment), DIGEST.removeprefix("image.digest="))
    return found


@pytest.mark.parametrize("environment", [name for name in HANDOVERS if handover(name)])
def test_the_job_is_bounded_and_reaches_prometheus_alone(environment: str) -> None:
    ours = [each for each in rendered(environment) if each["metadata"].get("namespace") == "mercat"]
    (job,) = of_kind(ours, "CronJob")
    mine = [each for each in ours if each["metadata"]["name"] == "report"]
    assert {each["kind"] for each in mine} == {"CronJob", "NetworkPolicy"}
    assert invalid(mine) == []
    assert list(policies.pods(mine)) == []
    spec = job["spec"]
    assert (spec["schedule"], spec["timeZone"], spec["concurrencyPolicy"]) == ("0 5 * * 1", "Etc/UTC", "Forbid")
    made = spec["jobTemplate"]["spec"]
    assert made["activeDeadlineSeconds"] <= 900
    assert made["backoffLimit"] <= 3
    assert "volumes" not in made["template"]["spec"]  # neither a secret nor a token

    closed = of_kind(rendered(environment), "NetworkPolicy")
    pod: Pod = ("mercat", made["template"]["metadata"]["labels"])
    assert network.allowed(closed, pod, PROMETHEUS, 9090)
    assert network.allowed(closed, pod, ("kube-system", {"k8s-app": "kube-dns"}), 53, protocol="UDP")
    for other in ("catalog", "orders", "identity", "payments", "shop"):
        assert not network.allowed(closed, pod, ("mercat", {"app.kubernetes.io/name": other}), 8000)
    assert not network.reaches(closed, pod, "0.0.0.0/0", 443)
    assert not network.allowed(closed, ("mercat", {"app.kubernetes.io/name": "orders"}), PROMETHEUS, 9090)


def test_a_cluster_outside_of_aws_has_it_too() -> None:
    release = next(
        each for each in planned.releases(Environment("cluster", {}, digest=DIGEST[-71:])) if each.name == "report"
    )
    assert isinstance(release.chart, Path)
    objects = helm.render(release.files, release="report", chart=release.chart, over=release.values)
    assert sorted(each["kind"] for each in objects) == ["CronJob", "NetworkPolicy"]
    assert invalid(objects) == []
    assert helm.render(release.files, release="report", chart=release.chart, over={**release.values, **UNWATCHED}) == []


def test_the_image_has_what_the_job_runs() -> None:
    (job,) = of_kind(rendered("production"), "CronJob")
    python, flag, package, *_ = policies.pod_of({**job["spec"]["jobTemplate"]})["containers"][0]["command"]
    assert (python, flag) == ("python", "-m")
    images = helm.ROOT / "deploy" / "images"
    dockerfile, script = ((images / name).read_text("utf-8") for name in ("services.Dockerfile", "build.sh"))
    copied = set(re.findall(r"^COPY (\w+) /app/\1$", dockerfile, re.MULTILINE))
    archived = re.search(r'^git archive "\$revision" -- (.*?) \\$', script, re.MULTILINE)
    assert archived is not None
    assert {package, "chassis", "services"} <= copied & set(archived[1].split())
    pinned = set(re.findall(r"^([a-z0-9-]+)==", (helm.ROOT / "requirements" / "image.txt").read_text(), re.MULTILINE))
    assert {"aiohttp", "msgspec", "pyyaml"} <= pinned
    assert importlib.import_module(f"{package}.__main__").SERVICES == helm.ROOT / "services"


@pytest.mark.parametrize(("over", "said"), [({"schedule": "weekly"}, "/report/schedule"), ({"hours": 0}, "/hours")])
def test_a_schedule_that_is_none_is_refused(over: dict[str, object], said: str) -> None:
    file = helm.ENVIRONMENTS / "production.yaml"
    with pytest.raises(helm.HelmError) as refusal:
        chart = helm.CHART.parent / "report"
        helm.render((file,), release="report", chart=chart, values=(DIGEST,), over={"report": over})
    assert said in str(refusal.value)
