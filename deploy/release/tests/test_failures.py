"""A release that is never ready, one whose migration or smoke test fails: each ends on the old version."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from deploy.kubernetes_double.refused import Refused
from deploy.refusal import Refusal
from deploy.release.smoke import Smoke
from deploy.release.tests.clusters import FAILS_TO_MIGRATE, NEVER_READY, NEW, OLD, Standing, services, standing


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """Catalog and payments of the old version; each test leaves it so."""
    with pytest.MonkeyPatch.context() as patch, standing(tmp_path_factory.mktemp("cluster"), patch) as made:
        made.deploy(services(OLD, "catalog", "payments"))
        yield made


def test_release_that_is_never_ready_ends_on_the_old_version(cluster):
    cluster.every = 0.2
    with pytest.raises(Refusal, match="Progress deadline exceeded"):
        cluster.deploy(services(NEVER_READY, "catalog"))
    assert cluster.runs("catalog") == OLD
    assert cluster.revisions()["catalog"][-2:] == [(2, "failed"), (3, "deployed")]
    cluster.every = 5.0
    assert "CrashLoopBackOff" in cluster.said.getvalue()
    assert "back on what ran before" in cluster.said.getvalue()


def test_release_whose_migration_fails_ends_on_the_old_version_and_tells_the_log(cluster):
    before = cluster.api.find("Deployment", "payments", "mercat")
    with pytest.raises(Refusal, match=r"payments: .*migration"):
        cluster.deploy(services(FAILS_TO_MIGRATE, "payments"))
    assert cluster.api.find("Deployment", "payments", "mercat")["spec"] == before["spec"]
    assert cluster.revisions()["payments"][-1][1] == "deployed"
    assert "column does not exist" in cluster.said.getvalue()


def test_smoke_test_that_fails_takes_every_release_of_the_run_back(cluster):
    def smoke() -> None:
        assert (cluster.runs("catalog"), cluster.runs("payments")) == (NEW, NEW)
        raise Smoke("a cart: POST /api/v1/cart answered 502")

    with pytest.raises(Refusal, match=r"(?s)a cart: POST .* 502.*Everything is as it was before"):
        cluster.deploy(services(NEW, "catalog", "payments"), smoke)
    assert (cluster.runs("catalog"), cluster.runs("payments")) == (OLD, OLD)


def test_release_beside_a_failed_one_is_taken_back_too(cluster):
    with pytest.raises(Refusal, match="Everything is as it was before"):
        cluster.deploy([*services(NEW, "catalog"), *services(FAILS_TO_MIGRATE, "payments")])
    assert (cluster.runs("catalog"), cluster.runs("payments")) == (OLD, OLD)


def test_deploy_of_what_runs_changes_nothing(cluster):
    revisions, pods = (
        cluster.revisions(),
        [cluster.api.find("Pod", name, "mercat") for name in cluster.api.names("Pod")],
    )
    asked = len(cluster.api.requests)
    assert cluster.deploy(services(OLD, "catalog", "payments")) == []
    assert cluster.revisions() == revisions
    assert [cluster.api.find("Pod", name, "mercat") for name in cluster.api.names("Pod")] == pods
    assert {each.partition(" ")[0] for each in cluster.api.requests[asked:]} <= {"get", "list", "watch"}


def test_what_an_operator_changed_by_hand_is_set_again_by_the_next_deploy(cluster):
    applied = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "catalog", "namespace": "mercat"},
        "spec": {"minReplicas": 7},
    }
    words = ["apply", "--server-side", "--force-conflicts", "--field-manager", "operator", "--filename", "-"]
    cluster.cluster.kubectl(*words, stdin=json.dumps(applied))
    try:
        assert len(cluster.deploy(services(NEW, "catalog"))) == 1
        assert cluster.api.find("HorizontalPodAutoscaler", "catalog", "mercat")["spec"]["minReplicas"] != 7
        cluster.cluster.kubectl(*words, stdin=json.dumps(applied))
        with pytest.raises(Refusal, match="Progress deadline exceeded"):
            cluster.deploy(services(NEVER_READY, "catalog"))
        assert cluster.runs("catalog") == NEW
        assert cluster.api.find("HorizontalPodAutoscaler", "catalog", "mercat")["spec"]["minReplicas"] != 7
    finally:
        cluster.installer().roll_back(services(OLD, "catalog")[0], 1)
    assert cluster.runs("catalog") == OLD


def test_object_that_was_deleted_by_hand_is_made_again(cluster):
    there = cluster.api.find("Deployment", "catalog", "mercat")
    for kind in ("Deployment", "NetworkPolicy"):
        cluster.api.delete(cluster.api.find(kind, "catalog", "mercat"))
    assert [change.release.name for change in cluster.deploy(services(OLD, "catalog"))] == ["catalog"]
    assert cluster.api.find("Deployment", "catalog", "mercat")["spec"] == there["spec"]
    assert cluster.api.find("NetworkPolicy", "catalog", "mercat")
    assert cluster.deploy(services(OLD, "catalog")) == []


def test_webhook_that_does_not_answer_yet_is_asked_again(tmp_path, monkeypatch):
    """That of a controller which was ready a moment ago: its certificate is made known to the API a little later."""
    refusals = iter(range(2))

    def may(verb: str, resource: str, *_: str) -> bool:
        if (verb, resource) == ("patch", "deployments.apps") and next(refusals, None) is not None:
            said = 'Internal error occurred: failed calling webhook "w.example": x509: certificate signed by unknown'
            raise Refused(500, "InternalError", said)
        return True

    with standing(tmp_path, monkeypatch, may=may) as made:
        made.every = 0.1
        assert len(made.deploy(services(OLD, "catalog"))) == 1
        assert made.runs("catalog") == OLD
    assert next(refusals, None) is None
