"""A deployer, with the rights of the rendered role and no others, deploys a service and nothing of the platform."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from deploy.access.can_i import Question, can_i
from deploy.aws.refusal import Refusal
from deploy.charts import helm
from deploy.edge import rendered
from deploy.release import cli, lease, rights
from deploy.release.installed import installed
from deploy.release.tests.clusters import NEW, OLD, services, standing


@pytest.fixture(scope="module")
def roles():
    return rendered.access((helm.ENVIRONMENTS / "production.yaml",))


@pytest.fixture
def deployer(roles, tmp_path, monkeypatch):
    def may(verb: str, resource: str, namespace: str, name: str) -> bool:
        return can_i(roles, Question("mercat:deployers", verb, resource, namespace, name))

    with standing(tmp_path, monkeypatch, may=may) as made:
        yield made


def test_deployer_deploys_a_service_with_the_rights_of_one_namespace(deployer):
    rights.refuse_without(deployer.cluster, everything=False)
    for digest in (OLD, NEW):
        with lease.held(deployer.cluster, deployer.terminal):
            [release] = services(digest, "catalog")
            there = installed(deployer.cluster, ["mercat"])
            deployer.installer().install(release, there.get("catalog", []))
    assert deployer.runs("catalog") == NEW


def test_every_command_of_a_service_takes_no_more_than_a_deployer(deployer, handover):
    def typed(word: str, *options: str) -> str:
        about = ["--service", "catalog", "--handover", str(handover(deployer.api.url))]
        return CliRunner().invoke(cli.app, [word, "production", *about, *options], catch_exceptions=False).output

    assert "1 of 1 releases changed" in typed("deploy", "--digest", OLD, "--no-smoke")
    assert "All is well" in typed("status")
    assert "1 of 1 releases would change" in typed("diff", "--digest", NEW)
    assert "Removed" in typed("undeploy", "--yes-undeploy", "mercat-production")


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
