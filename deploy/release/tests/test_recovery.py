"""A deploy that was killed, at the migration of an upgrade and of a first install, is finished by the next one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis.testing.waiting import wait_until
from deploy.charts import helm
from deploy.charts.release import Release
from deploy.kubernetes_double import Key
from deploy.refusal import Refusal
from deploy.release import lease
from deploy.release.cluster import Cluster
from deploy.release.installed import installed
from deploy.release.tests.clusters import NEW, OLD, services, standing

LEASE = Key("coordination.k8s.io/v1", "Lease", "mercat", lease.NAME)


@pytest.fixture
def hanging():
    return threading.Event()


@pytest.fixture
def cluster(tmp_path, monkeypatch, hanging):
    with standing(tmp_path, monkeypatch, hanging=lambda _: hanging.is_set()) as made:
        yield made


def state(cluster):
    return cluster.revisions().get("catalog", [(0, "")])[-1]


def migrating(cluster, number: int) -> bool:
    secret = Key("v1", "Secret", "mercat", f"sh.helm.release.v1.catalog.v{number}")
    job = cluster.api.store.find(Key("batch/v1", "Job", "mercat", "catalog-migration"))
    return cluster.api.store.find(secret) is not None and job is not None and "status" not in job


def test_what_has_not_begun_when_it_is_interrupted_does_not_begin(tmp_path, monkeypatch):
    (tmp_path / "small" / "templates").mkdir(parents=True)
    (tmp_path / "small" / "Chart.yaml").write_text("apiVersion: v2\nname: small\nversion: 0.1.0\n")
    releases = [Release(f"small-{number}", tmp_path / "small", "mercat", 60) for number in range(12)]

    def may(verb: str, resource: str, *_: str) -> bool:
        if (verb, resource) == ("create", "secrets") and next(once, None) is not None:
            signal.pthread_kill(main, signal.SIGINT)
        return True

    once, main = iter([1]), threading.get_ident()
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background a shell ignores it
    with standing(tmp_path, monkeypatch, may=may) as made:
        try:
            with pytest.raises(Refusal, match="Interrupted"):
                made.deploy(releases)
        finally:
            signal.signal(signal.SIGINT, heard)
        assert len(made.revisions()) < len(releases)


def test_killed_upgrade_goes_back_and_is_done_again(cluster, hanging, handover):
    cluster.deploy(services(OLD, "catalog"))
    hanging.set()
    words = [
        "deploy",
        "production",
        "--service",
        "catalog",
        "--handover",
        str(handover(cluster.api.url)),
        "--digest",
        NEW,
    ]
    command = [sys.executable, "-m", "deploy.release", *words, "--no-smoke"]
    with subprocess.Popen(command, cwd=helm.ROOT) as killed:
        wait_until(lambda: migrating(cluster, 2), what="the migration")
        os.kill(killed.pid, signal.SIGKILL)
    assert state(cluster) == (2, "pending-upgrade")
    # It dies with its deploy, so that nobody else writes while the next one works.
    hanging.clear()
    left = cluster.api.store.get(LEASE)
    cluster.api.store.update(LEASE, lambda old: {**old, "spec": {**left["spec"], "leaseDurationSeconds": 1}})
    with lease.held(cluster.cluster, cluster.terminal):
        assert [change.before for change in cluster.deploy(services(NEW, "catalog"))] == [3]
    assert cluster.runs("catalog") == NEW
    assert cluster.revisions()["catalog"][2:] == [(3, "superseded"), (4, "deployed")]
    assert "revision 2 is pending-upgrade" in cluster.said.getvalue()


def test_killed_first_install_is_taken_over(cluster, hanging):
    hanging.set()
    release = services(OLD, "catalog")[0]
    with ThreadPoolExecutor() as pool:
        ended = pool.submit(cluster.installer().install, release, [])
        wait_until(lambda: migrating(cluster, 1), what="the migration")
        cluster.cluster.processes.end()
    assert "ended before it was done" in str(ended.exception())
    cluster.cluster = Cluster("here")
    assert state(cluster) == (1, "pending-install")
    hanging.clear()
    assert [change.before for change in cluster.deploy([release])] == [None]
    assert state(cluster) == (1, "deployed")
    assert installed(cluster.cluster)["catalog"][0].status == "deployed"
