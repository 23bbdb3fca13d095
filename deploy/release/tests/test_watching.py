"""The watch after a deployment, by a real Prometheus: what ends it at once, what does not, and what it cannot know."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from deploy.refusal import Refusal
from deploy.release import prometheus as asking
from deploy.release import watching
from deploy.release.cluster import Cluster
from deploy.release.tests.clusters import NEW, services
from deploy.release.tests.figures import Figures, prometheus, version, well
from deploy.release.watching import Worse, begun, watch
from deploy.terminal import Terminal

HERE = well(("catalog", version(NEW)))
PAGE = 'ALERTS{alertname="ErrorBudgetBurn",alertstate="firing",severity="page",slo="catalog"}'


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with prometheus(tmp_path_factory.mktemp("prometheus")) as found:
        yield found


@pytest.fixture
def figures(running: Figures) -> Figures:
    running.lines[:] = HERE
    running.seen("count(ALERTS)", None)
    running.seen('slo:errors:rate5m{slo="catalog"}', 0)
    running.seen("count(mercat_build_info)", 1)
    return running


def watched(figures: Figures, minutes: float = 0.01):
    terminal = Terminal(Console(file=io.StringIO()))
    return begun(Cluster("here"), terminal, services(NEW, "catalog"), minutes, figures.url, every=0.1, silent=0.3)


def test_shop_that_is_well_passes(figures):
    watch(watched(figures))


def test_page_that_begins_ends_it_and_one_from_before_does_not(figures):
    opened = watched(figures)
    figures.lines.append(f"{PAGE} 1")
    figures.seen(PAGE, 1)
    with pytest.raises(Worse, match="the page ErrorBudgetBurn of catalog fires"):
        watch(opened)
    watch(watched(figures))


@pytest.mark.parametrize(("failures", "stops"), [(100, True), (2, False)])
def test_objective_that_burns_ends_it_where_more_than_a_few_failed(figures, failures, stops):
    opened = watched(figures)
    figures.lines[1:3] = [
        'slo:error_ratio:rate5m{slo="catalog"} 0.5',
        f'slo:errors:rate5m{{slo="catalog"}} {failures / 300}',
    ]
    figures.seen('slo:error_ratio:rate5m{slo="catalog"}', 0.5)
    figures.seen('round(slo:errors:rate5m{slo="catalog"} * 300)', failures)
    if stops:
        with pytest.raises(Worse, match="the objective catalog burns 500 times faster than it may, 0 before"):
            watch(opened)
        watch(watched(figures))  # it burnt before already: the version that mends it can be installed
    else:
        watch(opened)


def test_service_that_answers_5xx_ends_it(figures):
    opened = watched(figures)
    counter = 'http_server_request_duration_seconds_count{service="catalog",http_response_status_code="503"}'
    figures.lines.append(f"{counter} 0")
    figures.seen(counter, 0)
    figures.lines[-1] = f"{counter} 1000"
    figures.seen(counter, 1000)
    with pytest.raises(Worse, match=r"100.0% of catalog's answers are 5xx, 0.0% before"):
        watch(opened)


def test_version_that_nobody_sees_is_no_success(figures):
    figures.lines[:] = well(("catalog", "another"))
    figures.seen(f'mercat_build_info{{version="{version(NEW)}"}}', None)
    with pytest.raises(Worse, match="has not seen the new version of catalog"):
        watch(watched(figures))


def test_prometheus_that_falls_silent_is_a_failure(figures):
    opened = replace(watched(figures, minutes=1), url="http://127.0.0.1:9")
    with pytest.raises(Worse, match="nobody can see how shoppers fare"):
        watch(opened)
    with pytest.raises(Worse, match="nobody can see"):
        watch(replace(opened, seconds=0.01, silent=60))


def test_without_figures_nothing_is_begun(figures):
    with pytest.raises(Refusal, match=r"(?s)Nothing was changed, as the deployment could not be watched.*--watch 0"):
        watched(Figures("http://127.0.0.1:9"))
    figures.lines[:] = HERE[1:]
    figures.seen("slo:budget", None)
    with pytest.raises(Refusal, match="has no objectives"):
        watched(figures)


def test_nothing_is_asked_where_nothing_is_to_be_watched():
    watch(watched(Figures("http://127.0.0.1:9"), minutes=0))


KUBECTL = """#!/bin/sh
case "$*" in
*prometheus-watch-prometheus-0*) echo "error: pods not found" >&2; exit 1 ;;
*"--namespace monitoring port-forward pod/prometheus-watch-prometheus-1 :9090"*)
  echo "Forwarding from {address} -> 9090"; echo $$ > {process}; exec sleep 60 ;;
esac
exit 2
"""


def test_port_of_a_pod_is_forwarded_and_no_process_stays(figures, tmp_path: Path):
    """By a stand-in for kubectl, whose port is Prometheus' own: the first pod is gone, the second answers."""
    program, process = tmp_path / "kubectl", tmp_path / "process"
    program.write_text(KUBECTL.format(address=figures.url.removeprefix("http://"), process=process))
    program.chmod(0o755)
    with asking.address(Cluster("here", kubectl_program=str(program))) as at:
        assert watching.figures(at, ["catalog"]).runs == {("catalog", version(NEW))}
        assert Path(f"/proc/{process.read_text().strip()}").exists()
    assert not Path(f"/proc/{process.read_text().strip()}").exists()
    program.write_text("#!/bin/sh\necho no rights >&2; exit 1\n")
    with (
        pytest.raises(asking.NoAnswer, match=r"No pod of Prometheus forwards its port: .*no rights"),
        asking.address(Cluster("here", kubectl_program=str(program))),
    ):
        pass
