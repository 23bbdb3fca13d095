"""What would stop `terraform destroy`, or cost money after it: found in the cluster, removed in order, or listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deploy.refusal import Refusal
from deploy.release.cluster import Cluster, ClusterRefused, Object
from deploy.release.installed import Revision
from deploy.terminal import Terminal

# In the order in which they go, while the controllers that clean up behind them still run: what would hold Velero's
# namespace, what makes load balancers and their members, what holds disks, then the nodes, which NodePools make.
WITH_CONTROLLERS = (
    "restores.velero.io",
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
_DATA = ("persistentvolumeclaims", "clusters.postgresql.cnpg.io")
# Gone when the driver has seen their claims go.
_VOLUMES = "persistentvolumes"
_WEBHOOKS = (
    "validatingwebhookconfigurations.admissionregistration.k8s.io",
    "mutatingwebhookconfigurations.admissionregistration.k8s.io",
)


@dataclass(frozen=True)
class Leftovers:
    """Those of a cluster. spaces: the namespaces that are the project's; None: the whole cluster is, with its nodes."""

    cluster: Cluster
    terminal: Terminal
    spaces: frozenset[str] | None
    seconds: int = 900

    def data(self) -> list[str]:
        """What holds data that goes with it."""
        return [_name(each) for kind in self._known(_DATA) for each in self._found(kind)]

    def remove(self) -> None:
        """Delete what only the controllers can let go, and wait until it and its volumes are gone.

        Raises:
            Refusal: something does not go; with its finalizers.
        """
        for kind in self._known(WITH_CONTROLLERS):
            self._delete(kind, self._found(kind))
        self._delete("services", self._balancers())
        for each in self._found(_VOLUMES):
            self._gone("wait", "--for=delete", _VOLUMES, each["metadata"]["name"])

    def left(self) -> list[str]:
        """What is still there of all this, and webhooks that nobody answers any more."""
        found = [_name(each) for kind in self._known((*WITH_CONTROLLERS, _VOLUMES)) for each in self._found(kind)]
        found += map(_name, self._balancers())
        services = {_place(each) for each in self.cluster.objects(["services"])}
        for each in self.cluster.objects(_WEBHOOKS):
            if any(self._ours(place[0]) and place not in services for place in _called(each)):
                found.append(_name(each))
        return found

    def remove_webhooks(self, revision: Revision) -> None:
        """Delete the webhooks that a release answers: without it each write that they guard is refused."""
        services = {_place(each) for each in revision.objects() if each["kind"] == "Service"}
        for each in self.cluster.objects(_WEBHOOKS):
            if services & set(_called(each)):
                kind = f"{each['kind'].lower()}s"
                self.cluster.kubectl("delete", kind, each["metadata"]["name"], "--ignore-not-found")

    def _known(self, kinds: Sequence[str]) -> list[str]:
        """Those of the kinds that the cluster has."""
        there = set(self.cluster.kubectl("api-resources", "--output", "name").split())
        return [kind for kind in kinds if kind in there]

    def _found(self, kind: str) -> list[Object]:
        return [each for each in self.cluster.objects([kind]) if self._ours(_space(each))]

    def _ours(self, space: str) -> bool:
        return self.spaces is None or space in self.spaces

    def _balancers(self) -> list[Object]:
        return [each for each in self._found("services") if each["spec"].get("type") == "LoadBalancer"]

    def _delete(self, kind: str, found: Sequence[Object]) -> None:
        """Each by its name: what somebody makes meanwhile is told at the end."""
        if found:
            self.terminal.say(f"  deleting {', '.join(map(_name, found))}")
        for space in sorted({each["metadata"].get("namespace", "") for each in found}):
            names = [each["metadata"]["name"] for each in found if each["metadata"].get("namespace", "") == space]
            where = ["--namespace", space] if space else []
            self._gone("delete", kind, *names, *where, "--ignore-not-found")

    def _gone(self, *words: str) -> None:
        try:
            self.cluster.kubectl(*words, "--timeout", f"{self.seconds}s", seconds=self.seconds + 30)
        except ClusterRefused as refused:
            held = self._found(words[1] if words[0] == "delete" else words[2])
            listed = "\n".join(f"  {_name(each)}: {each['metadata'].get('finalizers', [])}" for each in held)
            raise Refusal(
                f"{refused}\nStill there, with what holds it:\n{listed}\nLook at the controller that the finalizer"
                " names (`kubectl logs`), then run the command again."
            ) from None


def _place(each: Object) -> tuple[str, str]:
    return each["metadata"].get("namespace", ""), each["metadata"]["name"]


def _space(each: Object) -> str:
    """The namespace of an object; of a volume, that of its claim."""
    claim = each.get("spec", {}).get("claimRef") or {}
    return str(each["metadata"].get("namespace") or claim.get("namespace", ""))


def _called(webhooks: Object) -> list[tuple[str, str]]:
    """The services that answer a configuration's webhooks."""
    services = [each["clientConfig"].get("service") for each in webhooks.get("webhooks", [])]
    return [(service["namespace"], service["name"]) for service in services if service]


def _name(each: Object) -> str:
    space = each["metadata"].get("namespace")
    return f"{each['kind']} {f'{space}/' if space else ''}{each['metadata']['name']}"
