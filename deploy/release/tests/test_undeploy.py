"""`undeploy` leaves nothing of a list that is computed: the objects of all revisions and hooks, and what they made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chassis.testing.waiting import wait_until
from deploy.charts.release import Release
from deploy.kubernetes_double import Key, Object
from deploy.kubernetes_double.tests.objects import definition
from deploy.platform.releases import components
from deploy.platform.render import handover
from deploy.refusal import Refusal
from deploy.release import opening, planned, undeploying
from deploy.release.environment import Environment
from deploy.release.installed import installed
from deploy.release.leftovers import Leftovers
from deploy.release.tests.clusters import OLD, Standing, services, standing

CUSTOM = {
    "Namespaced": [
        ("elbv2.k8s.aws/v1beta1", "TargetGroupBinding"),
        ("velero.io/v1", "BackupStorageLocation"),
        ("velero.io/v1", "Schedule"),
        ("velero.io/v1", "Restore"),
        ("velero.io/v1", "VolumeSnapshotLocation"),
        ("monitoring.coreos.com/v1", "PodMonitor"),
        ("monitoring.coreos.com/v1", "Probe"),
        ("monitoring.coreos.com/v1", "PrometheusRule"),
        ("beat.k8s.elastic.co/v1beta1", "Beat"),
        ("elasticsearch.k8s.elastic.co/v1", "Elasticsearch"),
        ("kibana.k8s.elastic.co/v1", "Kibana"),
        ("logstash.k8s.elastic.co/v1alpha1", "Logstash"),
    ],
    "Cluster": [
        ("karpenter.sh/v1", "NodePool"),
        ("karpenter.k8s.aws/v1", "EC2NodeClass"),
        ("cert-manager.io/v1", "ClusterIssuer"),
        ("external-secrets.io/v1", "ClusterSecretStore"),
        ("snapshot.storage.k8s.io/v1", "VolumeSnapshotClass"),
    ],
}


def app(name: str, space: str) -> Object:
    labels = {"app.kubernetes.io/name": name}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": "somewhere/it"}]}}
    spec = {"selector": {"matchLabels": labels}, "template": pod}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": space}, "spec": spec}


def plain(kind: str, name: str, space: str = "", version: str = "v1", **more: object) -> Object:
    meta = {"name": name, **({"namespace": space} if space else {})}
    return {"apiVersion": version, "kind": kind, "metadata": meta, **more}


def keeper(folder: Path) -> Release:
    """A release as that of a controller, whose webhook guards and without which nothing that it keeps goes."""
    called = {"service": {"name": "keeper", "namespace": "kube-system"}}
    webhook = plain("ValidatingWebhookConfiguration", "keeper", version="admissionregistration.k8s.io/v1")
    objects = [
        app("keeper", "kube-system"),
        plain("Service", "keeper", "kube-system", spec={"ports": []}),
        {**webhook, "webhooks": [{"name": "keeper.example.com", "clientConfig": called}]},
    ]
    return Release("keeper", chart(folder, objects), "kube-system", 10)


def chart(folder: Path, objects: list[Object]) -> Path:
    made = folder / "keeper"
    (made / "templates").mkdir(parents=True)
    (made / "Chart.yaml").write_text("apiVersion: v2\nname: keeper\nversion: 0.1.0\n")
    (made / "templates" / "all.yaml").write_text("\n---\n".join(json.dumps(each) for each in objects))
    return made


def production(folder: Path, digest: str) -> list[Release]:
    """All of it that is ours, with a controller in the place of others'."""
    environment = Environment("production", handover("production"), digest=digest)
    own = [
        each
        for each in planned.releases(environment, database_ca="-----BEGIN CERTIFICATE-----")
        if isinstance(each.chart, Path)
    ]
    return sorted([*own, keeper(folder / digest[-1])], key=lambda release: release.wave)


@pytest.fixture
def cluster(tmp_path, monkeypatch) -> Iterator[Standing]:
    kinds = ("TargetGroupBinding", "NodePool", "EC2NodeClass", "Restore")
    kept = dict.fromkeys(kinds, ("kube-system", "keeper"))
    with standing(tmp_path, monkeypatch, keepers=kept) as made:
        made.api.apply(definition(version, kind, scope) for scope, found in CUSTOM.items() for version, kind in found)
        yield made


def computed(cluster: Standing) -> set[Key]:
    """What all revisions rendered, hooks too, and the Secrets in which helm keeps them."""
    revisions = [each for found in installed(cluster.cluster).values() for each in found]
    rendered = {cluster.api.store.kinds.key_of(each) for revision in revisions for each in revision.objects()}
    return rendered | {Key("v1", "Secret", each.namespace, each.secret) for each in revisions}


def rest(cluster: Standing, *spaces: str, seconds: int = 60) -> Leftovers:
    return Leftovers(cluster.cluster, cluster.terminal, frozenset(spaces) if spaces else None, seconds)


def undeploy(cluster: Standing, releases: list[Release]) -> None:
    undeploying.undeploy(cluster.cluster, cluster.terminal, releases, rest(cluster))


def test_environment_is_deployed_twice_without_a_change_and_undeployed_without_a_rest(cluster, tmp_path):
    first = cluster.deploy(production(tmp_path, OLD))
    assert {"platform-base", "platform", "access", "edge", "database-roles", "orders"} <= {
        each.release.name for each in first
    }
    before = cluster.revisions()
    assert cluster.deploy(production(tmp_path / "again", OLD)) == []
    assert cluster.revisions() == before
    balancer = plain("Service", "by-hand", "mercat", spec={"type": "LoadBalancer"})
    cluster.api.apply([plain("PersistentVolumeClaim", "data-0", "mercat", spec={}), balancer])
    wanted = computed(cluster)
    for key in (("elbv2.k8s.aws/v1beta1", "TargetGroupBinding"), ("batch/v1", "Job"), ("karpenter.sh/v1", "NodePool")):
        assert any(key == each[:2] for each in wanted)

    undeploy(cluster, production(tmp_path / "end", OLD))
    there = {cluster.api.store.kinds.key_of(each) for each in cluster.api.store.listed()[1]}
    assert there & wanted == set()
    assert [each for each in there if each.namespace == "mercat"] == []
    assert "Nothing is left" in cluster.said.getvalue()


def test_what_its_controller_does_not_let_go_is_named_with_its_finalizer(cluster, tmp_path):
    binding = plain("TargetGroupBinding", "traefik", "mercat", "elbv2.k8s.aws/v1beta1", spec={})
    cluster.deploy([keeper(tmp_path)])
    cluster.api.apply([binding])
    wait_until(lambda: "finalizers" in cluster.api.find(*HELD)["metadata"], what="the finalizer")
    cluster.api.delete(cluster.api.find("Deployment", "keeper", "kube-system"))
    with pytest.raises(Refusal, match=r"TargetGroupBinding mercat/traefik: \['test.mercat/keeps'\]"):
        rest(cluster, seconds=1).remove()


HELD = ("TargetGroupBinding", "traefik", "mercat")


def test_restore_that_was_typed_by_hand_goes_while_velero_can_still_let_it_go(cluster, tmp_path):
    cluster.deploy([keeper(tmp_path)])
    cluster.api.apply([plain("Restore", "by-hand", "kube-system", "velero.io/v1", spec={})])
    wait_until(lambda: "finalizers" in cluster.api.find("Restore", "by-hand", "kube-system")["metadata"], what="it")
    rest(cluster).remove()
    assert cluster.api.names("Restore") == []


def test_velero_goes_after_what_it_lets_go():
    waves = {name: each["wave"] for name, each in components().items() if "wave" in each}
    assert waves["velero"] <= undeploying._CONTROLLERS < waves["backup"]


def test_release_of_somebody_else_with_the_same_name_is_another(cluster, tmp_path):
    ours = keeper(tmp_path)
    theirs = chart(tmp_path / "theirs", [plain("ConfigMap", "theirs", "default")])
    more = chart(tmp_path / "more", [plain("Namespace", "theirs")])
    cluster.deploy([replace(ours, namespace="default", chart=theirs), Release("more", more, "default", 10)])
    [change] = cluster.deploy([ours])
    assert change.before is None
    assert cluster.deploy([ours]) == []
    found = undeploying.leftovers(
        cluster.cluster, cluster.terminal, [replace(ours, namespace="mercat")], dedicated=False
    )
    assert found.spaces == frozenset({"mercat"})
    undeploying.undeploy(cluster.cluster, cluster.terminal, [ours], rest(cluster, "kube-system"))
    assert {each.namespace for each in installed(cluster.cluster)["keeper"]} == {"default"}
    assert cluster.api.find("ConfigMap", "theirs", "default")


def test_namespace_of_the_lease_becomes_the_platforms(cluster, tmp_path):
    cluster.api.delete(cluster.api.find("Namespace", "mercat"))
    opening.make_namespace(cluster.cluster)
    [base] = [each for each in production(tmp_path, OLD) if each.name == "platform-base"]
    assert len(cluster.deploy([base])) == 1
    assert "pod-security.kubernetes.io/enforce" in cluster.api.find("Namespace", "mercat")["metadata"]["labels"]


def test_namespace_of_somebody_else_is_not_taken_over(cluster, tmp_path):
    cluster.api.apply([plain("Namespace", "velero")])
    [base] = [each for each in production(tmp_path, OLD) if each.name == "platform-base"]
    with pytest.raises(Refusal, match=r"velero.* exists and cannot be imported"):
        cluster.deploy([base])


def test_what_is_left_is_listed_and_fails(cluster):
    called = {"service": {"name": "gone", "namespace": "nowhere"}}
    webhook = plain("MutatingWebhookConfiguration", "stale", version="admissionregistration.k8s.io/v1")
    cluster.api.apply([{**webhook, "webhooks": [{"name": "a.example.com", "clientConfig": called}]}])
    cluster.api.apply([plain("PersistentVolume", "disk", spec={})])
    with pytest.raises(Refusal, match=r"(?s)PersistentVolume disk.*MutatingWebhookConfiguration stale"):
        undeploy(cluster, [])


def test_undeploy_of_a_service_takes_its_migration_along_and_nothing_else(cluster):
    cluster.deploy(services(OLD, "catalog", "payments"))
    undeploying.undeploy(cluster.cluster, cluster.terminal, services(OLD, "catalog"))
    names = [each["metadata"]["name"] for each in cluster.api.store.listed()[1] if each["kind"] != "Namespace"]
    assert [name for name in names if name.startswith(("catalog", "sh.helm.release.v1.catalog"))] == []
    assert cluster.runs("payments") == OLD


def test_in_a_cluster_that_others_use_nothing_of_theirs_is_removed_or_told(cluster):
    claims = [plain("PersistentVolumeClaim", "disk", space, spec={}) for space in ("mercat", "default")]
    volumes = [plain("PersistentVolume", space, spec={"claimRef": {"namespace": space}}) for space in ("default",)]
    cluster.api.apply([*claims, *volumes, plain("NodePool", "theirs", version="karpenter.sh/v1", spec={})])
    ours = rest(cluster, "mercat")
    assert ours.data() == ["PersistentVolumeClaim mercat/disk"]
    ours.remove()
    assert ours.left() == []
    assert cluster.api.find("PersistentVolumeClaim", "disk", "default")
    assert cluster.api.names("NodePool") == ["theirs"]
