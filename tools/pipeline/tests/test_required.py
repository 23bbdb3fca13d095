from __future__ import annotations

import pytest

from tools.pipeline import required
from tools.pipeline.tests.written import KEPT, broken, workflow

DEMANDED = ["sum"]
FILTERED = "  pull_request:\n    paths: [services/**]\n"
SEEDED = {
    "demanded and not there": (["sum", "gone"], "sum:", "sum:", "no workflow does"),
    "there and not demanded": (
        [*DEMANDED],
        "  sum:",
        "  extra: {runs-on: ubuntu-latest}\n  sum:",
        "nothing demands extra",
    ),
    "another name": (DEMANDED, "needs: one", "name: total\n    needs: one", "no workflow does"),
    "skipped when a need fails": (DEMANDED, "    if: always()\n", "", "would be skipped"),
    "a sum that forgets cancelled jobs": (
        DEMANDED,
        " || contains(needs.*.result, 'cancelled')",
        "",
        "would be skipped",
    ),
    "a sum that does not fail": (DEMANDED, "run: exit 1", "run: echo failed", "would be skipped"),
    "reports once for each of a matrix": (
        DEMANDED,
        "needs: one",
        "needs: one\n    strategy: {matrix: {a: [1]}}",
        "other names",
    ),
    "never reported": (DEMANDED, "  pull_request:\n", FILTERED, "has paths"),
    "not in the queue": (DEMANDED, "  merge_group:\n", "", "not started by merge_group"),
}


def test_jobs_and_demanded_checks_agree():
    assert required.complaints([workflow()], DEMANDED) == []
    assert required.complaints([workflow()], ["one", "sum"]) == []


@pytest.mark.parametrize("seed", SEEDED)
def test_a_seeded_disagreement_is_found(seed: str):
    demanded, old, new, said = SEEDED[seed]
    found = required.complaints([broken(old, new)], demanded)
    assert any(said in complaint for complaint in found), found


def test_a_name_that_two_jobs_report_is_found():
    found = required.complaints([workflow(), workflow(KEPT, "again.yml")], DEMANDED)
    assert any("again.yml" in complaint for complaint in found)


def test_a_called_workflow_reports_under_other_names():
    called = KEPT + "  image:\n    uses: ./.github/workflows/kept.yml\n    permissions: {}\n"
    found = required.complaints([workflow(called)], ["sum", "image"])
    assert any("other names than image" in complaint for complaint in found)


def test_a_job_that_waits_for_one_that_may_fail_unseen_is_found():
    waiting = KEPT + "  late:\n    needs: [sum, one]\n    steps: []\n"
    assert required.complaints([workflow(waiting)], ["sum", "one", "late"]) == []
    found = required.complaints([workflow(waiting)], ["sum", "late"])
    assert [complaint for complaint in found if "when one fails" in complaint]
