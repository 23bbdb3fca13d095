from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.pipeline.tests.running import Run, commit, git, needs_act, pull_request, repository
from tools.pipeline.workflows import workflows

ALWAYS = {"changes", "check", "compatibility", "workflows"}
OF_CODE = {"tests", "test", "browser", "prove", "attack", "budgets", "image", "images"}
SUMS = {"tests", "test", "images"}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with our workflows; a test leaves it as it was."""
    needs_act()
    return repository(tmp_path_factory.mktemp("act") / "store")


@pytest.fixture
def base(small: Path):
    start = git(small, "rev-parse", "HEAD")
    yield start
    git(small, "reset", "-q", "--hard", start)


def change(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("changed\n")
    commit(folder)


def test_a_change_of_one_service_runs_its_own_jobs_alone(small: Path, base: str):
    change(small, "services/catalog/usecases/sell.py")
    run = pull_request(small, base=base)
    comment = {"comment"} & set(run.results)  # which act may skip or not, by the result of `budgets`
    assert set(run.results) - comment == ALWAYS | OF_CODE, run.said
    assert all(results == {"success"} for results in run.results.values()), run.said
    # Its own tests, and those of orders, which call it: never the suite.
    assert "test-changed TESTS=services/catalog services/orders services/pages services/shop" in run.made
    assert not any(re.search(r"\b(test|test-charts|test-terraform)( |$)", words) for words in run.made)


def test_a_change_of_a_document_runs_no_job_of_the_store(small: Path, base: str):
    change(small, "docs/concepts/limits.md")
    run = pull_request(small, base=base)
    ran = set(run.results)
    assert ran >= ALWAYS | SUMS, run.said
    assert not ran & (OF_CODE - SUMS)


@pytest.mark.parametrize("broken", ["test-changed", "changes"])
def test_a_job_that_sums_up_fails_with_what_it_needs(small: Path, base: str, broken: str):
    change(small, "services/catalog/app.py")
    if broken == "changes":  # that one is real
        (small / "tools" / "pipeline" / "changes.py").write_text("raise SystemExit(1)\n")
        commit(small)
    run = pull_request(small, base=base, broken=broken, job="test")
    assert run.results["test"] == {"failure"}, run.said


def test_without_its_first_step_it_would_pass(small: Path, base: str):
    """What the test above rests on: GitHub's default is to let such a job pass."""
    path = small / ".github" / "workflows" / "pull-request.yml"
    path.write_text(path.read_text().replace("contains(needs.*.result, 'failure')", "false"))
    change(small, "services/catalog/app.py")
    assert failed_need(small, base).results["test"] == {"success"}


def failed_need(small: Path, base: str) -> Run:
    run = pull_request(small, base=base, broken="test-changed", job="test")
    assert "failure" in run.results["tests"]
    return run


def test_every_job_of_the_workflow_is_spoken_of_here(small: Path):
    (flow,) = [each for each in workflows(small) if each.path.name == "pull-request.yml"]
    assert set(flow.jobs) == ALWAYS | OF_CODE | {"charts", "terraform", "comment"}
