"""The rendered roles: their answers, what none of them may hold, and what a deployment needs."""

from __future__ import annotations

import json
import re
import sys
from itertools import chain
from subprocess import run

import pytest

from deploy.access import questions
from deploy.access.can_i import Question, can_i
from deploy.charts import helm
from deploy.charts.tests.releases import every, release
from deploy.charts.validation import invalid

ASKED = list(questions.questions())
# Who has one of these can get the rights of others.
DANGEROUS = {"escalate", "bind", "impersonate", "*"}


def test_the_objects_are_valid(objects: helm.Objects) -> None:
    assert {"ClusterRole", "RoleBinding", "ValidatingAdmissionPolicy"} <= {each["kind"] for each in objects}
    assert invalid(objects) == []


@pytest.mark.parametrize(
    ("question", "answer"), ASKED, ids=[f"{q.group}: {q.verb} {q.resource} {q.namespace}" for q, _ in ASKED]
)
def test_a_group_may_what_the_table_says(objects: helm.Objects, question: Question, *, answer: bool) -> None:
    assert can_i(objects, question) is answer


def test_no_role_holds_a_right_that_gives_others(objects: helm.Objects) -> None:
    rules = [rule for each in objects for rule in each.get("rules", ())]
    assert rules
    for rule in rules:
        assert not DANGEROUS & set(rule["verbs"]), rule
        assert not {"serviceaccounts/token", "nodes/proxy"} & set(rule["resources"]), rule
        assert "" not in rule["apiGroups"] or "*" not in rule["resources"], rule


def test_no_group_may_change_roles_or_policies(objects: helm.Objects) -> None:
    for group in questions.GROUPS:
        for verb in ("create", "update", "patch", "delete"):
            for resource in ("roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io"):
                assert not can_i(objects, Question(f"mercat:{group}", verb, resource, "mercat"))


def test_the_deployer_may_write_the_kinds_of_the_services_chart_and_no_others(objects: helm.Objects) -> None:
    chosen = [
        each for each in every() if each[2].stem in {"production", "cluster"} and each[0].endswith(("is", "ingress"))
    ]
    rendered = chain.from_iterable(release(service, env, *switches) for _, service, env, switches in chosen)
    # helm keeps what it has installed in Secrets, and a deployment holds a lock.
    kinds = {_resource(each) for each in rendered} | {"secrets", "leases.coordination.k8s.io"}
    role = next(each for each in objects if each["metadata"]["name"] == "mercat-deployer" and "rules" in each)
    written = {
        f"{rule['resources'][0]}.{rule['apiGroups'][0]}".rstrip(".")
        for rule in role["rules"]
        if "create" in rule["verbs"]
    }
    assert written == kinds


def _resource(each: dict[str, str]) -> str:
    group = each["apiVersion"].rpartition("/")[0]
    kind = each["kind"].lower()
    plural = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}{'es' if kind.endswith('s') else 's'}"
    return f"{plural}.{group}".rstrip(".")


def test_the_groups_are_those_that_terraform_puts_roles_into() -> None:
    access = (helm.ROOT / "deploy/terraform/modules/cluster/variables_access.tf").read_text(encoding="utf-8")
    named = re.search(r"setsubtract\(keys\(var\.groups\), (\[.*?\])\)", access)
    assert named
    assert json.loads(named[1]) == questions.GROUPS


def test_the_page_shows_the_table() -> None:
    text = questions.PAGE.read_text(encoding="utf-8")
    assert questions.page(text) == text


def test_the_script_asks_each_question_and_fails_on_another_answer(tmp_path) -> None:
    kubectl = tmp_path / "kubectl"
    kubectl.write_text('#!/bin/sh\necho "$*" >> "$0.log"\necho no\n', encoding="utf-8")
    kubectl.chmod(0o755)
    done = run(
        ["sh"], input=questions.script(), capture_output=True, text=True, check=False, env={"PATH": f"{tmp_path}:/bin"}
    )
    wrong = [line for line in done.stdout.splitlines() if line.endswith("no and not yes")]
    assert (done.returncode, len(wrong)) == (1, sum(answer for _, answer in ASKED)), done.stderr
    assert len((tmp_path / "kubectl.log").read_text(encoding="utf-8").splitlines()) == len(ASKED)


def test_the_program_prints_the_script() -> None:
    done = run([sys.executable, "-m", "deploy.access.questions"], capture_output=True, text=True, check=True)
    assert done.stdout == questions.script()
