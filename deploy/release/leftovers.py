"""What would stop `terraform destroy`, or cost money after it: found in the cluster, removed in order, or listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deploy.aws.refusal import Refusal
from deploy.aws.terminal import Terminal
from deploy.release.cluster import Cluster, ClusterRefused, Object
from deploy.release.installed import Revision

# In the order in which they go, while the controllers that clean up behind them still run: what makes load balancers
# and their members, what holds disks, then the nodes. Of the two last, NodePools make NodeClaims.
WITH_CONTROLLERS = (
    "ingresses.networking.k8s.io",
    "gateways.gateway.networking.k8s.io",
    "targetgroupbindings.elbv2.k8s.aws",
    "clusters.postgresql.cnpg.io",
    "volumesnapshots.snapshot.storage.k8s.io",
    "persistentvolumeclaims",
    "nodepools.karpenter.sh",
    "nodeclaims.karpenter.sh",
    "ec2nodeclasses.karpenter.k8s.aws",
)
# Gone when their controllers have seen the others go.
_AFTERWARDS = ("persistentvolumes",)
_WEBHOOKS = (
    "validatingwebhookconfigurations.admissionregistration.k8s.io",
    "mutatingwebhookconfigurations.admissionregistration.k8s.io",
)
_SECONDS = 900


def known(cluster: Cluster) -> set[str]:
    """The resources that the cluster has, as plural.group."""
    return set(cluster.kubectl("api-resources", "--output", "name").split())


def data(cluster: Cluster) -> list[str]:
    """What holds data that goes with it."""
    kinds = [kind for kind in ("persistentvolumeclaims", "clusters.postgresql.cnpg.io") if kind in known(cluster)]
    return [_name(each) for each in cluster.objects(kinds)]


def remove(cluster: Cluster, terminal: Terminal, seconds: int = _SECONDS) -> None:
    """Delete what only the controllers can let go, and wait until it and its volumes are gone.

    Raises:
        Refusal: something does not go; with its finalizers.
    """
    there = known(cluster)
    for kind in [each for each in WITH_CONTROLLERS if each in there]:
        _delete(cluster, terminal, kind, seconds)
    for each in [*_loadbalancers(cluster)]:
        terminal.say(f"  deleting {_name(each)}")
        _gone(
            cluster,
            seconds,
            "delete",
            "service",
            each["metadata"]["name"],
            "--namespace",
            each["metadata"]["namespace"],
        )
    for kind in _AFTERWARDS:
        if cluster.objects([kind]):
            _gone(cluster, seconds, "wait", "--for=delete", kind, "--all")


def remove_webhooks(cluster: Cluster, revision: Revision) -> None:
    """Delete the webhooks that the services of a release answer: without them each write that they guard is refused."""
    services = {
        (each["metadata"]["namespace"], each["metadata"]["name"])
        for each in revision.objects()
        if each["kind"] == "Service"
    }
    for each in cluster.objects(_WEBHOOKS):
        called = [webhook["clientConfig"].get("service", {}) for webhook in each.get("webhooks", [])]
        if services & {(service.get("namespace"), service.get("name")) for service in called}:
            cluster.kubectl("delete", each["kind"].lower() + "s", each["metadata"]["name"], "--ignore-not-found")


def left(cluster: Cluster) -> list[str]:
    """What is still there of all this, and webhooks that nobody answers any more."""
    there = known(cluster)
    found = [
        _name(each) for kind in (*WITH_CONTROLLERS, *_AFTERWARDS) if kind in there for each in cluster.objects([kind])
    ]
    found += [_name(each) for each in _loadbalancers(cluster)]
    services = {(each["metadata"]["namespace"], each["metadata"]["name"]) for each in cluster.objects(["services"])}
    for each in cluster.objects(_WEBHOOKS):
        called = [webhook["clientConfig"].get("service") for webhook in each.get("webhooks", [])]
        if any(service and (service["namespace"], service["name"]) not in services for service in called):
            found.append(_name(each))
    return found


def _loadbalancers(cluster: Cluster) -> Iterator[Object]:
    return (each for each in cluster.objects(["services"]) if each["spec"].get("type") == "LoadBalancer")


def _delete(cluster: Cluster, terminal: Terminal, kind: str, seconds: int) -> None:
    found: Sequence[Object] = cluster.objects([kind])
    if not found:
        return
    terminal.say(f"  deleting {', '.join(map(_name, found))}")
    everywhere = ["--all-namespaces"] if found[0]["metadata"].get("namespace") else []
    _gone(cluster, seconds, "delete", kind, "--all", *everywhere)


def _gone(cluster: Cluster, seconds: int, *words: str) -> None:
    try:
        cluster.kubectl(*words, "--timeout", f"{seconds}s", seconds=seconds + 30)
    except ClusterRefused as refused:
        held = cluster.objects([words[1] if words[0] == "delete" else words[2]])
        listed = "\n".join(f"  {_name(each)}: {each['metadata'].get('finalizers', [])}" for each in held)
        raise Refusal(
            f"{refused}\nStill there, with what holds it:\n{listed}\nLook at the controller that the finalizer names"
            " (`kubectl logs`), then run the command again."
        ) from None


def _name(each: Object) -> str:
    space = each["metadata"].get("namespace")
    return f"{each['kind']} {f'{space}/' if space else ''}{each['metadata']['name']}"
