from __future__ import annotations

from tools.pipeline import allowed, calling
from tools.pipeline.tests.written import KEPT, workflow
from tools.pipeline.workflows import Workflow

CALLED = """\
on:
  workflow_call:
    inputs:
      push: {type: boolean, required: true}
permissions: {}
jobs:
  build:
    permissions: {contents: read, id-token: write}
"""
CALLER = """\
on: pull_request
jobs:
  image:
    uses: ./.github/workflows/called.yml
    permissions: {contents: read, id-token: write}
    with: {push: false}
"""


def complaints(caller: str = CALLER, called: str = CALLED) -> list[str]:
    return calling.complaints([workflow(caller, "caller.yml"), workflow(called, "called.yml")])


def test_a_call_that_grants_what_is_wanted_is_right():
    assert complaints() == []


def test_a_call_that_github_would_not_start_is_found():
    assert "wants id-token: write" in complaints(CALLER.replace(", id-token: write", ""))[0]
    assert (
        "wants contents: read"
        in complaints(CALLER.replace("{contents: read, id-token: write}", "{id-token: write}"))[0]
    )
    assert "has no workflow_call" in complaints(called=CALLED.replace("workflow_call", "workflow_dispatch"))[0]
    assert "needs the input push" in complaints(CALLER.replace("    with: {push: false}\n", ""))[0]
    assert "has no input pull" in complaints(CALLER.replace("{push: false}", "{push: false, pull: true}"))[0]


def test_a_secret_that_would_be_empty_is_found():
    reading = CALLED.replace(
        "    permissions: {contents: read, id",
        "    env: {A: '${{ secrets.TOKEN }}'}\n    permissions: {contents: read, id",
    )
    declared = reading.replace("    inputs:", "    secrets: {TOKEN: }\n    inputs:")
    passing = CALLER + "    secrets: {TOKEN: '${{ secrets.TOKEN }}'}\n"
    assert complaints(passing, declared) == []
    assert "reads secrets.TOKEN, which is empty" in complaints(called=declared)[0]
    assert "has no secret TOKEN" in complaints(passing, reading)[0]


def with_action(name: str) -> Workflow:
    return workflow(KEPT.replace("run: make check", f"uses: {name}@{'0' * 40}"))


def test_actions_of_others_are_allowed_and_used_or_neither():
    assert allowed.complaints([workflow(), with_action("docker/login-action")], ["docker/login-action@*"]) == []
    assert "does not allow it" in allowed.complaints([with_action("docker/login-action")], [])[0]
    assert "nothing uses it" in allowed.complaints([workflow()], ["docker/login-action@*"])[0]
