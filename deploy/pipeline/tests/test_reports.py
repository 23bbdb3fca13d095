"""What goes to issues, pages of runs and outputs: drift, plans, spending, kept artifacts, and what changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.charts import helm
from deploy.pipeline import drift, kept, planned, probe_web, releasing, since, spending
from deploy.refusal import Refusal


def plan_that(folder: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str) -> None:
    """The command of Terraform's plan, whose own tests are in deploy/aws."""
    program = folder / "python"
    program.write_text(
        f'#!/bin/sh\n[ "$*" = "-m deploy.aws plan staging --drift" ] || exit 99\necho "{said}"; exit {code}\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))


def test_drift_opens_one_issue_and_closes_it(known, tmp_path, monkeypatch):
    for said, state in (("1 to update", "open"), ("2 to update", "open")):
        plan_that(tmp_path, monkeypatch, 5, said)
        assert drift.look("staging") == 5
        (issue,) = known["issues"]
        assert (issue["title"], issue["state"]) == ("staging differs from what is written", state)
        assert said in issue["body"]
    plan_that(tmp_path, monkeypatch, 1, "the state is locked")
    assert drift.look("staging") == 1
    assert "2 to update" in known["issues"][0]["body"]
    plan_that(tmp_path, monkeypatch, 0, "nothing to change")
    assert drift.look("staging") == 0
    assert [each["state"] for each in known["issues"]] == ["closed"]


@pytest.mark.parametrize(
    ("code", "head"), [(0, "nothing to change"), (5, "something would change"), (3, "not to be applied")]
)
def test_plan_is_a_page_with_its_result_in_the_first_line(known, tmp_path, monkeypatch, code, head):
    plan_that(tmp_path, monkeypatch, code, "x" * 100_000)
    found, page = planned.plan("staging")
    assert found == code
    assert page.startswith("### Terraform, staging: ")
    assert head in page.splitlines()[0]
    assert len(page) < 65_536


def test_spending_shows_what_is_above_its_budget(known):
    spent = {"ActualSpend": {"Amount": "210.5", "Unit": "USD"}, "ForecastedSpend": {"Amount": "900", "Unit": "USD"}}
    known.set(budgets=[{"BudgetName": "mercat-staging", "BudgetLimit": {"Amount": "500"}, "CalculatedSpend": spent}])
    assert spending._row(known["budgets"][0]) == "| mercat-staging | 500.00 | 210.50 | 900.00 | above it |"
    young = {"BudgetName": "b", "BudgetLimit": {"Amount": "500"}, "CalculatedSpend": {"ActualSpend": {"Amount": "1"}}}
    assert spending._row(young) == "| b | 500.00 | 1.00 | not yet |  |"
    known.set(budgets=[])
    with pytest.raises(Refusal, match="has no budget"):
        spending.page("staging", "222222222222")


def test_what_is_kept_comes_from_main_of_this_repository_alone(known, tmp_path):
    def artifact(run: int, branch: str = "main", repository: int = 1, *, expired: bool = False):
        about = {"id": run, "head_branch": branch, "head_repository_id": repository, "repository_id": 1}
        return {"expired": expired, "workflow_run": about}

    assert kept.fetch("bench-history", tmp_path / "a") is None
    assert list((tmp_path / "a").iterdir()) == []
    mixed = [artifact(9, "change"), artifact(8, repository=2), artifact(7, expired=True), artifact(5), artifact(6)]
    known.set(artifacts=mixed)
    assert kept.fetch("bench-history", tmp_path / "b") == 6
    assert (tmp_path / "b" / "of").read_text() == "6"


def test_changes_count_since_the_last_run_that_succeeded(known, monkeypatch):
    monkeypatch.chdir(helm.ROOT)
    head = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    assert since.base("main.yml") == ""
    known.set(runs=[{"headSha": head}])
    assert since.base("main.yml") == head
    known.set(runs=[{"headSha": "0" * 40}])  # a history that was written anew
    assert since.base("main.yml") == ""
    known.file.write_text("no JSON")
    with pytest.raises(SystemExit, match="cannot be asked"):
        since.base("main.yml")


def test_services_are_a_list_of_those_that_there_are():
    assert releasing.services('["orders","catalog"]') == ["catalog", "orders"]
    assert releasing.services("catalog") == ["catalog"]
    assert releasing.services("[]") == []
    assert releasing.services("all") == ["catalog", "identity", "orders", "pages", "payments", "shop"]
    for wrong in ('["katalog"]', '["catalog"', "catalog;ls"):
        with pytest.raises(Refusal, match="SERVICES="):
            releasing.services(wrong)


DOCKER = """#!/bin/sh
case "$*" in *"ghcr.io/zaproxy/zaproxy@sha256:"*" zap-baseline.py -t https://shop.example.com "*) ;; *) exit 99 ;; esac
{report}
exit {code}
"""


@pytest.mark.parametrize(
    ("code", "writes", "said"),
    [
        (0, True, ""),
        (2, True, ""),
        (1, True, "what may not be"),
        (3, True, "could not look"),
        (0, False, "could not look"),
    ],
)
def test_look_from_outside_fails_where_zap_does_and_where_nothing_was_seen(known, tmp_path, code, writes, said):
    program = tmp_path / "bin" / "docker"
    report = (
        'folder=$(echo "$*" | sed "s/.*--volume \\([^:]*\\):.*/\\1/"); echo seen > "$folder/report.md"'
        if writes
        else ""
    )
    program.write_text(DOCKER.format(report=report, code=code))
    program.chmod(0o755)
    (tmp_path / "zap.md").write_text("of an earlier run\n")
    if said:
        with pytest.raises(Refusal, match=said):
            probe_web.probe("https://shop.example.com", tmp_path / "zap.md")
    else:
        probe_web.probe("https://shop.example.com", tmp_path / "zap.md")
        assert (tmp_path / "zap.md").read_text() == "seen\n"
    with pytest.raises(Refusal, match="no address"):
        probe_web.probe("https://", tmp_path / "zap.md")
