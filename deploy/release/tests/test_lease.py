"""One deploy at a time: what the lease does where two meet, where one died, and where it is taken away."""

from __future__ import annotations

import pytest

from chassis.testing.waiting import wait_until
from deploy.kubernetes_double import Key
from deploy.refusal import Refusal
from deploy.release import lease
from deploy.release.cluster import Cluster, ClusterRefused
from deploy.release.tests.clusters import standing

KEY = Key("coordination.k8s.io/v1", "Lease", "mercat", lease.NAME)
ABANDONED = {
    "apiVersion": "coordination.k8s.io/v1",
    "kind": "Lease",
    "metadata": {"name": lease.NAME, "namespace": "mercat"},
    "spec": {"holderIdentity": "a killed one", "leaseDurationSeconds": 1, "leaseTransitions": 4},
}


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    with standing(tmp_path, monkeypatch) as made:
        yield made


def spec(cluster):
    return cluster.api.store.get(KEY)["spec"]


def test_second_deploy_is_refused_while_the_first_renews_its_lease(cluster):
    with (
        lease.held(cluster.cluster, cluster.terminal, seconds=9),
        pytest.raises(Refusal, match="is at work on this cluster"),
        lease.held(Cluster("here"), cluster.terminal),
    ):
        raise AssertionError("both hold it")


def test_lease_of_a_killed_deploy_is_taken_once_it_has_expired(cluster):
    cluster.api.apply([ABANDONED])
    with lease.held(cluster.cluster, cluster.terminal):
        assert "process" in spec(cluster)["holderIdentity"]
        assert spec(cluster)["leaseTransitions"] == 5
    assert spec(cluster)["holderIdentity"] == ""


def test_of_two_that_take_an_expired_lease_one_is_refused(cluster):
    cluster.api.apply([ABANDONED])
    seen = cluster.api.store.get(KEY)
    lease._written(cluster.cluster, seen, "one", 30)
    with pytest.raises(ClusterRefused, match="has been modified"):
        lease._written(cluster.cluster, seen, "other", 30)
    assert spec(cluster)["holderIdentity"] == "one"


def test_lost_lease_ends_all_work_at_once_and_is_not_written_again(cluster):
    def work() -> None:
        with lease.held(cluster.cluster, cluster.terminal, seconds=6):
            taken = {**cluster.api.store.get(KEY), "spec": {"holderIdentity": "another"}}
            cluster.api.store.update(KEY, lambda old: {**taken, "metadata": old["metadata"]})
            done = cluster.cluster.processes.run(["sleep", "600"], 600)
            assert done.code is None

    with pytest.raises(Refusal, match="was lost"):
        work()
    assert spec(cluster)["holderIdentity"] == "another"


def test_lease_that_was_let_go_is_free_before_the_block_ends(cluster):
    with lease.held(cluster.cluster, cluster.terminal) as unlock:
        unlock()
        wait_until(lambda: spec(cluster)["holderIdentity"] == "", what="the free lease")
