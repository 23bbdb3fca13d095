"""The kinds that the API knows, and what identifies an object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

Object = dict[str, Any]
# By API version.
BUILT_IN = {
    "v1": "ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod "
    "ReplicationController ResourceQuota Secret Service ServiceAccount",
    "admissionregistration.k8s.io/v1": "MutatingWebhookConfiguration ValidatingAdmissionPolicy "
    "ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration",
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
    "apps/v1": "DaemonSet Deployment ReplicaSet StatefulSet",
    "authorization.k8s.io/v1": "SelfSubjectAccessReview",
    "autoscaling/v2": "HorizontalPodAutoscaler",
    "batch/v1": "CronJob Job",
    "coordination.k8s.io/v1": "Lease",
    "discovery.k8s.io/v1": "EndpointSlice",
    "networking.k8s.io/v1": "Ingress IngressClass NetworkPolicy",
    "policy/v1": "PodDisruptionBudget",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "scheduling.k8s.io/v1": "PriorityClass",
    "storage.k8s.io/v1": "StorageClass",
}
# What Traefik reads, without their definitions.
ROUTING = {
    "gateway.networking.k8s.io/v1": "BackendTLSPolicy GRPCRoute Gateway GatewayClass HTTPRoute ReferenceGrant TLSRoute",
    "gateway.networking.k8s.io/v1beta1": "ReferenceGrant",
    "traefik.io/v1alpha1": "IngressRoute IngressRouteTCP IngressRouteUDP Middleware MiddlewareTCP ServersTransport "
    "ServersTransportTCP TLSOption TLSStore TraefikService",
}
_CLUSTER_WIDE = {
    *("ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "GatewayClass", "IngressClass", "Namespace"),
    *("Node", "PersistentVolume", "PriorityClass", "StorageClass", "SelfSubjectAccessReview"),
    *("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
    *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
}
_PATH = re.compile(
    r"/api(?:s/(?P<group>[^/]+))?/(?P<version>[^/]+)(?:/namespaces/(?P<namespace>[^/]+)(?=/(?!status|finalize)))?"
    r"/(?P<plural>[^/]+)(?:/(?P<name>[^/]+))?(?:/(?P<subresource>status|log|scale))?"
)


class Key(NamedTuple):
    """What identifies an object; without a name: all of a kind, and without a namespace: in all namespaces."""

    version: str
    kind: str
    namespace: str
    name: str

    def selects(self, other: Key) -> bool:
        """Whether an object is one of those."""
        return self[:2] == other[:2] and all(not mine or mine == its for mine, its in zip(self, other, strict=True))


class Address(NamedTuple):
    """What a path names. plural: the kind's name in addresses."""

    key: Key
    plural: str
    subresource: str

    @property
    def resource(self) -> str:
        """As roles name it: plural.group/subresource."""
        group = self.key.version.partition("/")[0] if "/" in self.key.version else ""
        return ".".join(filter(None, (self.plural, group))) + (f"/{self.subresource}" if self.subresource else "")


class Kinds:
    """The kinds, of which a CustomResourceDefinition adds one."""

    def __init__(self) -> None:
        self._plurals: dict[str, dict[str, str]] = {}
        self._cluster_wide = set(_CLUSTER_WIDE)
        for version, kinds in {**BUILT_IN, **ROUTING}.items():
            self._plurals[version] = {_plural(kind): kind for kind in kinds.split()}

    def define(self, definition: Object) -> None:
        """Know the kind of a CustomResourceDefinition."""
        spec = definition["spec"]
        for version in spec["versions"]:
            known = self._plurals.setdefault(f"{spec['group']}/{version['name']}", {})
            known[spec["names"]["plural"]] = spec["names"]["kind"]
        if spec["scope"] == "Cluster":
            self._cluster_wide.add(spec["names"]["kind"])

    def versions(self) -> list[str]:
        """The API versions that have kinds."""
        return sorted(self._plurals)

    def resources(self, version: str) -> Iterator[tuple[str, str, bool]]:
        """Plural and kind of those of a version, and whether they are in namespaces."""
        for plural, kind in self._plurals.get(version, {}).items():
            yield plural, kind, kind not in self._cluster_wide

    def key_of(self, each: Object) -> Key:
        """The key of an object; a namespaced one without a namespace is in "default"."""
        cluster_wide = each["kind"] in self._cluster_wide
        namespace = "" if cluster_wide else each["metadata"].get("namespace", "default")
        return Key(each["apiVersion"], each["kind"], namespace, each["metadata"]["name"])

    def address(self, path: str) -> Address | None:
        """What a path names; None if no kind that is known."""
        if not (found := _PATH.fullmatch(path)):
            return None
        version = "/".join(filter(None, (found["group"], found["version"])))
        kind = self._plurals.get(version, {}).get(found["plural"])
        if kind is None:
            return None
        key = Key(version, kind, found["namespace"] or "", found["name"] or "")
        return Address(key, found["plural"], found["subresource"] or "")


def _plural(kind: str) -> str:
    """The name of a built-in kind in addresses."""
    lower = kind.lower()
    if lower == "endpoints":
        return lower
    if lower.endswith("y") and not lower.endswith("way"):
        return f"{lower.removesuffix('y')}ies"
    return f"{lower}es" if lower.endswith("s") else f"{lower}s"
