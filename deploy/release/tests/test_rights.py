"""A deployer, with the rights of the rendered role and no others, deploys a service and nothing of the platform."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from deploy.access.can_i import Question, can_i
from deploy.charts import helm
from deploy.edge import rendered
from deploy.refusal import Refusal
from deploy.release import cli, rights
from deploy.release.tests.clusters import NEW, OLD, standing


@pytest.fixture(scope="module")
def roles():
    return rendered.access((helm.ENVIRONMENTS / "production.yaml",))


@pytest.fixture
def deployer(roles, tmp_path, monkeypatch):
    def may(verb: str, resource: str, namespace: str, name: str) -> bool:
        return can_i(roles, Question("mercat:deployers", verb, resource, namespace, name))

    with standing(tmp_path, monkeypatch, may=may) as made:
        yield made


def test_deployer_deploys_a_service_with_the_rights_of_one_namespace(deployer, handover):
    def run(word: str, *options: str) -> None:
        words = ["production", "--service", "catalog", "--handover", str(handover(deployer.api.url))]
        result = CliRunner().invoke(cli.app, [word, *words, *options])
        assert result.exit_code == 0, (result.output, result.exception)

    run("deploy", "--digest", OLD, "--no-smoke")
    run("diff", "--digest", NEW)
    run("deploy", "--digest", NEW, "--no-smoke")
    assert deployer.runs("catalog") == NEW
    run("status")
    run("undeploy", "--yes-undeploy", "mercat-production")
    assert deployer.api.names("Deployment") == []


def test_platform_is_refused_to_a_deployer_before_anything_is_changed(deployer):
    with pytest.raises(Refusal, match=r"(?s)\* \*.*takes an administrator"):
        rights.refuse_without(deployer.cluster, everything=True)


def test_missing_right_is_named(roles, tmp_path, monkeypatch):
    def may(verb: str, resource: str, *_: str) -> bool:
        return (verb, resource) != ("create", "jobs.batch")

    with (
        standing(tmp_path, monkeypatch, may=may) as made,
        pytest.raises(Refusal, match=r"create jobs\.batch in mercat\nDep"),
    ):
        rights.refuse_without(made.cluster, everything=False)
