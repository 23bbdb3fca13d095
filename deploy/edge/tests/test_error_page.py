"""The pods of the error page: with the least rights, and reached by Traefik alone."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chassis.testing.servers import answers, free_port
from chassis.testing.waiting import wait_until
from deploy.charts import helm, network
from deploy.charts.policies import of_kind, pod_of, pods
from deploy.charts.tests.releases import DIGEST, ENVIRONMENTS
from deploy.edge import rendered
from mercat.edge import error_page


@pytest.fixture(scope="module", params=ENVIRONMENTS, ids=lambda path: path.stem)
def objects(request: pytest.FixtureRequest) -> helm.Objects:
    return rendered.edge(request.param, [DIGEST])


def test_its_pods_are_restricted_and_end_as_slowly_as_those_of_a_service(objects: helm.Objects) -> None:
    assert list(pods(objects)) == []
    (deployment,) = of_kind(objects, "Deployment")
    pause = pod_of(deployment)["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pause < pod_of(deployment).get("terminationGracePeriodSeconds", 30)
    (budget,) = of_kind(objects, "PodDisruptionBudget")
    assert budget["spec"]["maxUnavailable"] < deployment["spec"]["replicas"]


def test_traefik_reaches_it_and_it_reaches_nobody(objects: helm.Objects) -> None:
    policies = of_kind(objects, "NetworkPolicy")
    pod = network.pods(objects)["error-page"]
    traefik = ("edge", {"app.kubernetes.io/name": "traefik"})
    stranger = ("mercat", {"app.kubernetes.io/name": "orders"})
    assert network.allowed(policies, traefik, pod, 8000)
    for source, target, port in ((traefik, pod, 22), (stranger, pod, 8000), (pod, stranger, 8000), (pod, traefik, 443)):
        assert not network.allowed(policies, source, target, port)
    assert not network.reaches(policies, pod, "0.0.0.0/0", 443)


def test_it_is_refused_without_a_digest() -> None:
    with pytest.raises(helm.HelmError) as refusal:
        rendered.edge(ENVIRONMENTS[0])
    assert "image.digest is missing" in str(refusal.value)


def test_its_code_needs_nothing_but_the_standard_library() -> None:
    imported = [
        line for line in Path(error_page.__file__).read_text().splitlines() if line.startswith(("import", "from"))
    ]
    assert not [line for line in imported if "mercat" in line or "chassis" in line]


def test_it_handles_the_signal_that_ends_a_pod() -> None:
    """Where it does not, a container's first process ignores it, and is killed when its grace is over."""
    port = free_port()
    with subprocess.Popen([sys.executable, error_page.__file__, str(port)]) as process:
        wait_until(lambda: answers(port), what="the error page")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
