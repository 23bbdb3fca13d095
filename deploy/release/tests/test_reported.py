"""The week's page out of the log of its job, by the real kubectl, on the stand-in cluster."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from deploy.charts import helm
from deploy.kubernetes_double import KubernetesApi
from deploy.kubernetes_double.controllers import Controllers
from deploy.kubernetes_double.tests.objects import namespace
from deploy.refusal import Refusal
from deploy.release import reported
from deploy.release.planned import NAMESPACE
from deploy.release.tests.clusters import OLD, kubeconfig

PAGE = "# The store from 2026-08-03 to 2026-08-10\n\n| a | b |\n"
WRITTEN = json.dumps({"@timestamp": "2026-08-10T05:00:01Z", "message": "report", "report": PAGE})
FAILED = json.dumps({"log.level": "error", "message": "report.failed: Prometheus does not answer (TimeoutError)."})


def scheduled() -> helm.Objects:
    file = helm.ENVIRONMENTS / "production.yaml"
    chart, over = helm.CHART.parent / "report", {"image": {"repository": "mercat/services", "digest": OLD}}
    found = helm.render((file,), release="report", chart=chart, over=over, namespace=NAMESPACE)
    return [{**each, "metadata": {**each["metadata"], "namespace": NAMESPACE}} for each in found]


@pytest.fixture
def typed(tmp_path, monkeypatch, handover) -> Callable[..., tuple[int, str, KubernetesApi]]:
    def run(log: str, *options: str, objects: helm.Objects, times: int = 1, fails: bool = False):
        with KubernetesApi([namespace(NAMESPACE), *objects]) as api, Controllers(api, log=log, failing=lambda _: fails):
            monkeypatch.setenv("KUBECONFIG", str(kubeconfig(tmp_path / "kubeconfig", api.url)))
            words = ["production", "--handover", str(handover(api.url)), *options]
            for _ in range(times):
                result = CliRunner().invoke(reported.app, words)
            refused = isinstance(result.exception, Refusal)
            return 1 if refused else result.exit_code, f"{result.stdout}{result.exception if refused else ''}", api

    return run


def test_a_page_of_today_is_read_and_else_the_job_is_run(typed, monkeypatch):
    monkeypatch.setattr(reported, "_RECENT", timedelta(days=36_500))  # the stand-in's clock stands still
    code, told, api = typed(WRITTEN, objects=scheduled(), times=2)
    assert (code, told) == (0, PAGE)
    (job,) = api.names("Job")  # the second time it was read
    made = api.find("Job", job, NAMESPACE)
    assert made["spec"]["template"]["spec"]["containers"][0]["command"][:3] == ["python", "-m", "reporting"]


def test_it_is_run_anew_where_that_is_asked_for_and_kept_in_a_file(typed, tmp_path):
    file = tmp_path / "report.md"
    code, told, api = typed(WRITTEN, "--anew", "--file", str(file), objects=scheduled(), times=2)
    assert (code, told, file.read_text()) == (0, "", PAGE)
    assert len(api.names("Job")) == 2
    code, told, _ = typed(WRITTEN, "--file", str(tmp_path / "none" / "report.md"), objects=scheduled())
    assert (code, "cannot be written" in told) == (1, True)


def test_why_there_is_no_page_is_said(typed):
    code, told, _ = typed(FAILED, objects=scheduled(), fails=True)
    assert (code, "failed without a page. report.failed: Prometheus does not answer" in told) == (1, True)
    code, told, _ = typed(WRITTEN, objects=[])
    assert (code, '"report" not found' in told, "make deploy" in told) == (1, True, True), told
