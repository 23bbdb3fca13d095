"""The commands as a person types them, for one service of production, on the stand-in cluster."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from deploy.refusal import NOT_CONFIRMED, REFUSED, Refusal
from deploy.release import cli, differences
from deploy.release.cluster import ClusterRefused
from deploy.release.tests.clusters import FAILS_TO_MIGRATE, NEVER_READY, NEW, OLD, services, standing


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch, standing(tmp_path_factory.mktemp("cluster"), patch) as made:
        yield made


@pytest.fixture
def typed(cluster, handover):
    def run(word: str, *options: str, stdin: str = "") -> tuple[int, str]:
        words = [word, "production", "--service", "catalog", "--handover", str(handover(cluster.api.url)), *options]
        result = CliRunner().invoke(cli.app, words, input=stdin)
        if isinstance(result.exception, Refusal):
            return result.exception.status, f"{result.output}{result.exception}"
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return run


def test_service_from_nothing_to_nothing(cluster, typed):
    assert "Which image?" in typed("deploy")[1]
    code, told = typed("status")
    assert (code, "catalog: make deploy ENV=production" in told) == (1, True)
    code, told = typed("diff", "--digest", OLD)
    assert "+      - args:\n" in told or OLD in told
    assert "catalog is new" in told

    assert typed("deploy", "--digest", OLD, "--no-smoke")[1].endswith("1 of 1 releases changed.\n")
    assert typed("deploy", "--no-smoke")[1].endswith("0 of 1 releases changed.\n")
    assert typed("status")[0] == 0
    assert typed("diff")[1].endswith("0 of 1 releases would change.\n")
    code, told = typed("diff", "--digest", NEW)
    assert f"-        image: 333333333333.dkr.ecr.eu-central-1.amazonaws.com/mercat/services@{OLD}" in told
    assert f"+        image: 333333333333.dkr.ecr.eu-central-1.amazonaws.com/mercat/services@{NEW}" in told

    code, told = typed("deploy", "--digest", NEW, "--smoke-url", "http://127.0.0.1:9", "--smoke-seconds", "0")
    assert (code, cluster.runs("catalog")) == (1, OLD)
    assert "The smoke test failed" in told
    code, told = typed("deploy", "--digest", FAILS_TO_MIGRATE, "--no-smoke")
    assert (code, cluster.runs("catalog")) == (1, OLD)
    code, told = typed("status")
    assert (code, "catalog failed last in revision 4" in told, "pre-upgrade hooks failed" in told) == (0, True, True)

    assert typed("undeploy", stdin="")[0] == NOT_CONFIRMED
    assert "Removed" in typed("undeploy", "--yes-undeploy", "mercat-production")[1]
    assert cluster.api.names("Deployment") == []


def test_first_install_that_is_never_ready_stays_to_be_looked_at(cluster, typed):
    code, told = typed("deploy", "--digest", NEVER_READY, "--no-smoke")
    assert (code, "there is no version to go back to" in told) == (1, True)
    code, told = typed("status")
    assert (code, "never healthy" in told) == (1, True)
    assert typed("deploy", "--digest", OLD, "--no-smoke")[0] == 0
    assert cluster.runs("catalog") == OLD
    assert typed("undeploy", stdin="y\n")[0] == 0


def test_whole_environment_is_lost_only_by_its_name(cluster, handover):
    words = ["undeploy", "production", "--handover", str(handover(cluster.api.url))]
    asked = CliRunner().invoke(cli.app, words, input="mercat-staging\n")
    assert isinstance(asked.exception, Refusal)
    assert asked.exception.status == REFUSED
    silent = CliRunner().invoke(cli.app, words, input="")
    assert isinstance(silent.exception, Refusal)
    assert silent.exception.status == NOT_CONFIRMED


def test_what_is_wrong_with_the_values_is_told_before_anything_is_changed(tmp_path, monkeypatch):
    with standing(tmp_path, monkeypatch) as made:
        before = made.api.store.listed()[1]
        for options, said in (
            (["--service", "katalog", "--digest", OLD], "give one of catalog"),
            (["--service", "catalog"], "Which image"),
            ([], "Which image"),
            (["--digest", OLD], "Nothing was changed, as the values of data are wrong.*secrets.files.data"),
        ):
            with pytest.raises(Refusal, match=f"(?s){said}"):
                words = ["deploy", "cluster", "--context", "here", *options]
                CliRunner().invoke(cli.app, words, catch_exceptions=False)
        assert made.api.store.listed()[1] == before


@pytest.mark.parametrize("word", ["deploy", "diff", "status", "undeploy"])
def test_cluster_that_runs_another_environment_is_refused(cluster, word):
    cluster.deploy(services(OLD, "catalog"))
    before = cluster.revisions()
    words = [word, "cluster", "--context", "here", "--service", "catalog"]
    with pytest.raises(Refusal, match="runs production, not cluster"):
        CliRunner().invoke(cli.app, words, input="y\n", catch_exceptions=False)
    assert cluster.revisions() == before


def test_service_that_is_none_is_refused_with_those_that_are(typed):
    code, told = typed("diff", "--service", "katalog")
    assert (code, "give one of catalog, identity, orders, pages, payments, shop" in told) == (2, True)


def test_what_kubectl_says_is_passed_on(cluster):
    with pytest.raises(ClusterRefused, match="doesn't have a resource type"):
        cluster.cluster.objects(["unicorns"])


def test_values_of_secrets_are_not_shown_but_that_they_differ_is():
    def secret(**data: str):
        return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "n"}, "stringData": data}

    told = differences.diff([secret(key="hunter2", same="x")], [secret(key="swordfish", same="x", more="y")])
    assert not {"hunter2", "swordfish"} & set(told.split())
    assert "+  more: (hidden, differs)" in told
    assert "-  same" not in told
    assert "-  key: (hidden)" in told
    assert "+  key: (hidden, differs)" in told
