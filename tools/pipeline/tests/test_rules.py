from __future__ import annotations

from pathlib import Path

import pytest

from tools.pipeline import rules
from tools.pipeline.tests.written import CHECKOUT, broken, workflow

ROOT = Path(__file__).resolve().parents[3]
RUN = "run: make check"
RIGHTS = "    permissions:\n      contents: read\n"
LIMIT = "    timeout-minutes: 5\n    permissions:\n"
CONCURRENCY = "concurrency:\n  group: kept-${{ github.ref }}\n  cancel-in-progress: true\n"
ACTION = """\
runs:
  using: composite
  steps:
    - uses: actions/cache@v5
    - shell: bash
      run: echo ${{ inputs.name }}
"""

SEEDED = {
    "an unpinned action": (CHECKOUT, "actions/checkout@v6", "not pinned to a commit"),
    "a short commit": (CHECKOUT, "actions/checkout@de0fac2 # v6.0.2", "not pinned to a commit"),
    "no version beside the commit": (CHECKOUT, CHECKOUT.partition(" ")[0], "say its version"),
    "an action of ours that is not there": (RUN, "uses: ./.github/actions/gone", "does not exist"),
    "rights for all jobs": ("permissions: {}\nconcurrency", "permissions: {contents: read}\nconcurrency", "at the top"),
    "no rights at the top": ("permissions: {}\nconcurrency", "concurrency", "at the top"),
    "a job without rights": (RIGHTS, "", "one: say its permissions"),
    "a job with all rights": (RIGHTS, "    permissions: write-all\n", "one: say its permissions"),
    "no limit of time": (LIMIT, "    permissions:\n", "one: timeout-minutes is missing"),
    "no concurrency": (CONCURRENCY, "", "concurrency is missing"),
    "a stranger's words in a script": (
        RUN,
        "run: echo ${{ github.event.pull_request.title }}",
        "an expression in a script",
    ),
    "a branch's name in a script": (RUN, 'run: echo "${{ github.head_ref }}"', "an expression in a script"),
    "a pipe that hides a failure": (RUN, "run: make check | cat", "hides what fails"),
    "our rights for a stranger": ("  pull_request:\n", "  pull_request_target:\n", "runs with our rights"),
    "a run after a stranger's": ("  pull_request:\n", "  workflow_run:\n", "runs with our rights"),
    "credentials left behind": ("persist-credentials: false", "fetch-depth: 0", "persist-credentials"),
    "a machine of ours for strangers": (
        f"runs-on: ubuntu-latest\n{LIMIT}",
        f"runs-on: self-hosted\n{LIMIT}",
        "GitHub's ubuntu",
    ),
    "writing beside a stranger's code": ("contents: read", "pull-requests: write", "make it two jobs"),
    "a target that is not there": (RUN, "run: make chek", "no such target"),
    "a module that is not there": (RUN, "run: python -m tools.nowhere", "no such module"),
}


def test_a_workflow_that_keeps_them_all_has_no_complaint():
    assert rules.complaints(workflow(), ROOT) == []


@pytest.mark.parametrize("seed", SEEDED)
def test_a_seeded_violation_is_found(seed: str):
    old, new, said = SEEDED[seed]
    found = rules.complaints(broken(old, new), ROOT)
    assert any(said in complaint for complaint in found), found


def test_all_secrets_are_never_passed_on():
    calls = "  one:\n    uses: ./.github/workflows/pull-request.yml\n    secrets: inherit\n    permissions: {}\n  sum:"
    text = workflow().text
    found = rules.complaints(broken(text[text.index("  one:") : text.index("  sum:") + 6], calls), ROOT)
    assert [complaint for complaint in found if "inherit" in complaint]


def test_a_composite_action_keeps_the_rules_too():
    found = "\n".join(rules.complaints(workflow(ACTION, "action.yml"), ROOT))
    assert "not pinned" in found
    assert "an expression in a script" in found
