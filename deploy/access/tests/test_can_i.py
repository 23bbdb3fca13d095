"""The evaluator against the rules that Kubernetes documents of RBAC, each by itself."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.access.can_i import Question, can_i

ROLE = "ClusterRole"


def objects(rule: dict[str, Any], *, binding: str = "RoleBinding", role: str = ROLE, names: str = "team") -> list[Any]:
    within = {"namespace": "shop"}
    return [
        {"kind": role, "metadata": {"name": "r", **(within if role == "Role" else {})}, "rules": [rule]},
        {
            "kind": binding,
            "metadata": {"name": "b", **(within if binding == "RoleBinding" else {})},
            "roleRef": {"kind": role, "name": "r"},
            "subjects": [{"kind": "Group", "name": names}],
        },
    ]


def rule(resources: str, *, groups: str = "", verbs: str = "get", **more: list[str]) -> dict[str, Any]:
    return {"apiGroups": [groups], "resources": [resources], "verbs": [verbs], **more}


def ask(resource: str = "pods", verb: str = "get", *, namespace: str = "shop", name: str = "") -> Question:
    return Question("team", verb, resource, namespace, name)


@pytest.mark.parametrize(
    ("granted", "question", "answer"),
    [
        (objects(rule("pods")), ask(), True),
        (objects(rule("pods")), ask(verb="list"), False),
        (objects(rule("pods")), ask("pods.metrics.k8s.io"), False),
        (objects(rule("pods")), ask("pods/log"), False),
        (objects(rule("pods/log")), ask("pods/log"), True),
        (objects(rule("pods/log")), ask("pods"), False),
        (objects(rule("*/log")), ask("pods/log"), True),
        (objects(rule("*/log")), ask("pods"), False),
        (objects(rule("*")), ask("pods/exec"), True),
        (objects(rule("*", groups="apps")), ask("pods"), False),
        (objects(rule("deployments", groups="*")), ask("deployments.apps"), True),
        (objects(rule("pods", verbs="*")), ask(verb="delete"), True),
        (objects(rule("secrets", resourceNames=["one"])), ask("secrets", name="one"), True),
        (objects(rule("secrets", resourceNames=["one"])), ask("secrets", name="two"), False),
        (objects(rule("secrets", resourceNames=["one"])), ask("secrets", verb="list"), False),
        (objects(rule("pods")), ask(namespace="other"), False),
        (objects(rule("nodes")), ask("nodes", namespace=""), False),
        (objects(rule("nodes"), binding="ClusterRoleBinding"), ask("nodes", namespace=""), True),
        (objects(rule("pods"), binding="ClusterRoleBinding"), ask(namespace="other"), True),
        (objects(rule("pods"), role="Role"), ask(), True),
        (objects(rule("pods"), role="Role")[1:], ask(), False),
        (objects(rule("pods"), names="others"), ask(), False),
        (objects(rule("pods"), names="others") + objects(rule("pods")), ask(), True),
        ([], ask(), False),
    ],
)
def test_the_answer_is_that_of_the_documented_rules(granted: list[Any], question: Question, *, answer: bool) -> None:
    assert can_i(granted, question) is answer
