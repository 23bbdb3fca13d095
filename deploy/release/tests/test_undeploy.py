"""`undeploy` leaves nothing of a list that is computed: the objects of all revisions and hooks, and what they made."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from deploy.aws.refusal import Refusal
from deploy.charts.release import Release
from deploy.kubernetes_double import Object
from deploy.release import leftovers, undeploying
from deploy.release.installed import installed
from deploy.release.tests.clusters import NEW, OLD, Standing, definition, namespace, services, standing

BINDING, NODES = "elbv2.k8s.aws/v1beta1", "karpenter.sh/v1"
KEEPER = ("controllers", "keeper")


def app(name: str, space: str) -> Object:
    labels = {"app.kubernetes.io/name": name}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": "somewhere/it"}]}}
    spec = {"selector": {"matchLabels": labels}, "template": pod}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": space}, "spec": spec}


def plain(kind: str, name: str, space: str = "", version: str = "v1", **more: object) -> Object:
    meta = {"name": name, **({"namespace": space} if space else {})}
    return {"apiVersion": version, "kind": kind, "metadata": meta, **more}


@pytest.fixture
def platform(tmp_path):
    """Releases as the platform's: a controller with a webhook, what it keeps, and the namespaces below all."""

    def release(name: str, wave: int, *objects: Object) -> Release:
        chart = tmp_path / name
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 0.1.0\n")
        (chart / "templates" / "all.yaml").write_text("\n---\n".join(json.dumps(each) for each in objects))
        return Release(name, chart, "kube-system", wave)

    called = {"service": {"name": "keeper", "namespace": "controllers"}}
    webhook = plain("ValidatingWebhookConfiguration", "keeper", version="admissionregistration.k8s.io/v1")
    return [
        release("base", 4, namespace("mercat"), namespace("controllers")),
        release(
            *(
                "keeper",
                10,
                app("keeper", "controllers"),
                plain("Service", "keeper", "controllers", spec={"ports": []}),
            ),
            {**webhook, "webhooks": [{"name": "keeper.example.com", "clientConfig": called}]},
        ),
        release(
            *("kept", 20, plain("TargetGroupBinding", "traefik", "mercat", BINDING, spec={})),
            plain("NodePool", "general", version=NODES, spec={}),
        ),
    ]


@pytest.fixture
def cluster(tmp_path, monkeypatch) -> Iterator[Standing]:
    with standing(tmp_path, monkeypatch, keepers={"TargetGroupBinding": KEEPER, "NodePool": KEEPER}) as made:
        made.api.apply([definition(BINDING, "TargetGroupBinding"), definition(NODES, "NodePool", "Cluster")])
        yield made


def identity(each: Object) -> tuple[str, str, str]:
    meta = each["metadata"]
    return each["kind"], "" if each["kind"] in {"Namespace", "NodePool"} else meta.get("namespace", ""), meta["name"]


def computed(cluster: Standing) -> set[tuple[str, str, str]]:
    """What all revisions rendered, and helm's own Secrets."""
    revisions = [each for found in installed(cluster.cluster).values() for each in found]
    rendered = {identity(each) for revision in revisions for each in revision.objects()}
    rendered = {(kind, "" if "Webhook" in kind else space, name) for kind, space, name in rendered}
    return rendered | {("Secret", each.namespace, each.secret) for each in revisions}


def undeploy(cluster: Standing, releases: list[Release]) -> None:
    undeploying.undeploy(cluster.cluster, cluster.terminal, releases, whole=True, unlock=lambda: None)


def test_undeploy_leaves_nothing_of_what_was_rendered_or_made(cluster, platform):
    releases = [*platform, *services(OLD, "catalog")]
    cluster.deploy(releases)
    cluster.deploy([*platform, *services(NEW, "catalog")])
    balancer = plain("Service", "by-hand", "mercat", spec={"type": "LoadBalancer"})
    cluster.api.apply([plain("PersistentVolumeClaim", "data-0", "mercat", spec={}), balancer])
    wanted = computed(cluster)
    assert {("TargetGroupBinding", "mercat", "traefik"), ("Job", "mercat", "catalog-migration")} <= wanted
    undeploy(cluster, releases)
    there = {identity(each) for each in cluster.api.store.listed()[1]}
    assert there & wanted == set()
    assert [each for each in there if each[1] in {"mercat", "controllers"}] == []
    assert "Nothing is left" in cluster.said.getvalue()
    undeploy(cluster, releases)


def test_what_its_controller_does_not_let_go_is_named_with_its_finalizer(cluster, platform):
    cluster.deploy(platform)
    cluster.api.delete(cluster.api.find("Deployment", "keeper", "controllers"))
    with pytest.raises(Refusal, match=r"TargetGroupBinding mercat/traefik: \['test.mercat/keeps'\]"):
        leftovers.remove(cluster.cluster, cluster.terminal, seconds=1)


def test_what_is_left_is_listed_and_fails(cluster):
    called = {"service": {"name": "gone", "namespace": "nowhere"}}
    webhook = plain("MutatingWebhookConfiguration", "stale", version="admissionregistration.k8s.io/v1")
    cluster.api.apply([{**webhook, "webhooks": [{"name": "a.example.com", "clientConfig": called}]}])
    cluster.api.apply([plain("PersistentVolume", "disk", spec={})])
    with pytest.raises(Refusal, match=r"(?s)PersistentVolume disk.*MutatingWebhookConfiguration stale"):
        undeploy(cluster, [])


def test_undeploy_of_a_service_takes_its_migration_along_and_nothing_else(cluster):
    cluster.deploy(services(OLD, "catalog", "payments"))
    undeploying.undeploy(cluster.cluster, cluster.terminal, services(OLD, "catalog"), whole=False, unlock=lambda: None)
    names = [each["metadata"]["name"] for each in cluster.api.store.listed()[1] if each["kind"] != "Namespace"]
    assert [name for name in names if name.startswith(("catalog", "sh.helm.release.v1.catalog"))] == []
    assert cluster.runs("payments") == OLD
