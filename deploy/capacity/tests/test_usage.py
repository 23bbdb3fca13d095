"""What recorded usage proposes: a real Prometheus has measured containers, or processes, for some hours."""

from __future__ import annotations

import subprocess
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from chassis.testing.waiting import wait_until
from deploy.capacity import settings, usage, usage_table
from deploy.capacity.tests.test_plan import run
from deploy.observability.tests.conftest import program
from deploy.refusal import Refusal
from local_servers.ports import free_port

HOURS, STEP = 4, 60
# Of each pod: CPU in thousandths of a core, which is thrice that in a sixth of the time, and MiB.
PODS = {
    "orders": {"orders-6d5f7c9b8-abcde": (100, 120), "orders-6d5f7c9b8-fghij": (150, 100)},
    "catalog": {"catalog-7b9d-kkkkk": (20, 90)},
}
CONTAINERS = ("container_cpu_usage_seconds_total", "container_memory_working_set_bytes")
PROCESSES = ("process_cpu_seconds_total", "process_resident_memory_bytes")
PRODUCTION = settings.environment("production")


def labels(names, service, pod):
    if names == CONTAINERS:
        return f'namespace="mercat",container="service",pod="{pod}"'
    return f'job="services",service="{service}",instance="{pod}"'


def open_metrics(names, end):
    cpu, memory = [], []
    for service, pods in PODS.items():
        for pod, (millicores, mib) in pods.items():
            spent = 0.0
            for number in range(HOURS * 3600 // STEP + 1):
                moment = end - HOURS * 3600 + number * STEP
                spent += STEP * millicores / 1000 * (3 if number % 100 >= 80 else 1)
                cpu.append(f"{names[0]}{{{labels(names, service, pod)}}} {spent} {moment}")
                memory.append(f"{names[1]}{{{labels(names, service, pod)}}} {mib * 2**20} {moment}")
    kinds = (f"# TYPE {names[0].removesuffix('_total')} counter", f"# TYPE {names[1]} gauge")
    return "\n".join([kinds[0], *cpu, kinds[1], *memory, "# EOF", ""])


@contextmanager
def prometheus(folder, names):
    """The address of a Prometheus that has measured these."""
    (folder / "usage.om").write_text(open_metrics(names, int(time.time())))
    (folder / "prometheus.yml").write_text("{}")
    blocks = ("tsdb", "create-blocks-from", "openmetrics", folder / "usage.om", folder / "data")
    subprocess.run([program("promtool"), *blocks], capture_output=True, timeout=120, check=True)
    address = f"127.0.0.1:{free_port()}"
    where = (f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program("prometheus"), *where, f"--web.listen-address={address}"], stdout=log, stderr=log
        )
    try:
        wait_until(lambda: process.poll() is not None or "Server is ready" in (folder / "log").read_text(), what="it")
        assert process.poll() is None, (folder / "log").read_text()
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module", params=[CONTAINERS, PROCESSES], ids=["containers", "processes"])
def recorded(request, tmp_path_factory):
    with prometheus(tmp_path_factory.mktemp("prometheus"), request.param) as address:
        yield address, "containers" if request.param == CONTAINERS else "processes"


def test_requests_follow_from_the_95th_percentile_of_the_busiest_pod(recorded):
    address, source = recorded
    found = {each.service.name: each for each in usage.proposals(address, PRODUCTION, "4h")}
    assert set(found) == {"orders", "catalog"}
    orders, catalog = found["orders"], found["catalog"]
    assert orders.source == source
    # The rush takes more than a twentieth of the time: it is what counts.
    assert orders.cpu_used == pytest.approx(450, rel=0.1)
    assert orders.all_cpu == pytest.approx(750, rel=0.1)
    assert orders.memory_used == pytest.approx(120, rel=0.01)
    assert orders.cpu == pytest.approx(orders.cpu_used / 0.7, abs=25)
    assert orders.memory == 160
    assert orders.pods == 2
    # Its pictures' process counts, though none was seen.
    assert catalog.memory >= usage.floor("catalog") * 1.25 > 90 * 1.25
    assert catalog.cpu == 100


def test_nodes_are_named_for_both(recorded, capsys):
    address, _ = recorded
    found = usage.proposals(address, PRODUCTION, "4h")
    before, after = usage_table.sizes(found, PRODUCTION)
    assert before
    assert after
    status, out, _ = run(capsys, "--usage", address, "--window", "4h")
    assert status == 0
    assert "services/orders/service.yaml: resources: {cpu: " in out
    assert "Nodes at today's requests: " in out


def test_where_nothing_is_recorded_that_is_said(tmp_path):
    others = ("other_total", "other_bytes")
    with (
        prometheus(tmp_path, others) as address,
        pytest.raises(Refusal, match="has recorded no service within 4h: neither container_cpu"),
    ):
        usage.proposals(address, PRODUCTION, "4h")


def test_where_only_services_of_another_shop_are_recorded_that_is_said(recorded):
    address, _ = recorded
    with pytest.raises(Refusal, match="has recorded no service within 4h"):
        usage.proposals(address, replace(PRODUCTION, services=()), "4h")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--usage", "localhost:9090"), "such as http://localhost:9090"),
        (("--usage", "http://127.0.0.1:9", "--window", "4h"), "does not answer as a Prometheus does"),
        (("--usage", "http://127.0.0.1:9", "--window", "soon"), "such as 24h or 7d"),
        (("--usage", "http://127.0.0.1:9", "--window", "119s"), "such as 24h or 7d"),
    ],
)
def test_an_address_or_a_window_that_is_none_is_refused(capsys, words, said):
    status, _, err = run(capsys, *words)
    assert status in {1, 2}
    assert said in err
