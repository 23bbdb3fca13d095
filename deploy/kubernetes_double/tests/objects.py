"""Small objects for the tests."""

from __future__ import annotations

from typing import Any

from deploy.kubernetes_double import Object


def config(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def namespace(name: str) -> Object:
    labels = {"kubernetes.io/metadata.name": name}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def definition(version: str, kind: str, scope: str = "Namespaced") -> Object:
    group, _, short = version.partition("/")
    plural = f"{kind.lower()}es" if kind.endswith("s") else f"{kind.lower()}s"
    spec = {"group": group, "scope": scope, "names": {"kind": kind, "plural": plural}, "versions": [{"name": short}]}
    about = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    return {**about, "metadata": {"name": f"{plural}.{group}"}, "spec": spec}
