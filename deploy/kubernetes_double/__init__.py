"""A stand-in for the Kubernetes API: what Traefik watches and what helm and kubectl install into."""

from deploy.kubernetes_double.api import KubernetesApi, endpoint_slice
from deploy.kubernetes_double.kinds import Key, Object

__all__ = ["Key", "KubernetesApi", "Object", "endpoint_slice"]
