"""Whether whoever runs a command may do in the cluster what it needs, asked before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from deploy.charts import helm
from deploy.refusal import REFUSED, Refusal
from deploy.release.cluster import Cluster
from deploy.release.planned import NAMESPACE

_REVIEW = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
_VERBS = ("create", "patch", "delete")
_ANSWER = "jsonpath={.status.allowed}{'\\n'}"
Right = tuple[str, str, str]


def refuse_without(cluster: Cluster, *, everything: bool) -> None:
    """everything: the whole platform, which takes an administrator; else services in their namespace alone.

    Raises:
        Refusal: with each right that is missing.
    """
    wanted = [("*", "*", "")] if everything else list(_deployers())
    reviews = [{**_REVIEW, "spec": {"resourceAttributes": _attributes(*right)}} for right in wanted]
    items = yaml.safe_dump_all(reviews)
    answers = cluster.kubectl("create", "--filename", "-", "--output", _ANSWER, stdin=items).split()
    missing = [right for right, answer in zip(wanted, answers, strict=True) if answer != "true"]
    if not missing:
        return
    listed = "\n".join(
        f"  {verb} {resource}" + (f" in {namespace}" if namespace else "") for verb, resource, namespace in missing
    )
    then = (
        "The platform takes an administrator of the cluster; services alone need less: SERVICE=name."
        if everything
        else "Deployers have these rights (docs/kubernetes/access.md): become one, or ask an administrator."
    )
    raise Refusal(f"Nothing was changed: you may not\n{listed}\n{then}", REFUSED)


def _deployers() -> Iterator[Right]:
    """What the role of deployers is made of."""
    roles = yaml.safe_load((helm.CHART.parent / "access" / "values.yaml").read_text(encoding="utf-8"))["roles"]
    for resource in roles["deployer"]["may"]["write"]:
        yield from ((verb, resource, NAMESPACE) for verb in _VERBS)


def _attributes(verb: str, resource: str, namespace: str) -> dict[str, str]:
    name, _, group = resource.partition(".")
    return {"verb": verb, "resource": name, "group": "*" if name == "*" else group, "namespace": namespace}
