"""A change of one service deploys that one: from the paths of a commit to the command that the job runs."""

from __future__ import annotations

import json
import sys

import pytest
import yaml

from deploy.charts import helm
from deploy.pipeline import deliver, releasing
from tools.pipeline.changes import derive
from tools.pipeline.workflows import workflows

SERVICES = {"catalog", "identity", "orders", "pages", "payments", "shop"}
READ_BY = {name: frozenset[str]() for name in SERVICES}
WORKFLOWS = helm.ROOT / ".github" / "workflows"


def outputs(*paths: str) -> dict[str, str]:
    """Those of the job `changes`."""
    return dict(line.split("=", 1) for line in derive(paths, READ_BY).lines())


@pytest.mark.parametrize(
    ("path", "deployed"),
    [
        ("services/catalog/usecases/sell.py", ["catalog"]),
        ("services/orders/service.yaml", ["orders"]),
        ("web/storefront/js/main.js", ["pages"]),
        ("chassis/web/app.py", sorted(SERVICES)),
        ("docs/concepts/limits.md", []),
    ],
)
def test_only_what_changed_is_deployed(path, deployed, known, tmp_path, monkeypatch):
    """By a program in the place of Python, which notes what it is started with."""
    program, notes = tmp_path / "python", tmp_path / "started"
    program.write_text(f'#!/bin/sh\necho "$*" >> {notes}\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    chosen = releasing.services(outputs(path)["services"])
    assert deliver.deliver("development", "", chosen, 5, []) == 0
    started = [line.split() for line in notes.read_text().splitlines()] if notes.exists() else []
    named = [[words[n + 1] for n, word in enumerate(words) if word == "--service"] for words in started]
    assert named == ([deployed, deployed] if deployed else [])  # diff and deploy, or nothing at all


@pytest.mark.parametrize(
    ("digest", "minutes", "arguments", "told"),
    [
        (f"sha256:{'a' * 64}", 5, [], f"run `sha256:{'a' * 64}`: installed, asked from outside, watched."),
        ("", 0, [], "run the image that ran: installed, asked from outside."),
        ("", 5, ["--no-smoke"], "run the image that ran: installed, watched."),
    ],
)
def test_only_what_was_done_is_told(known, tmp_path, monkeypatch, capsys, digest, minutes, arguments, told):
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    assert deliver.deliver("development", digest, ["catalog"], minutes, arguments) == 0
    assert capsys.readouterr().out.endswith(f"✓ **catalog of development** {told}\n")


@pytest.mark.parametrize(("digest", "image"), [("", "the image that ran"), (f"sha256:{'a' * 64}", "`sha256:aaaa")])
def test_deployment_that_fails_is_told_with_its_reason(known, tmp_path, monkeypatch, capsys, digest, image):
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\necho "✗ The smoke test failed"; exit 1\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    assert deliver.deliver("development", digest, ["catalog"], 5, []) == 1
    told = capsys.readouterr().out
    assert f"✗ **catalog of development** were not brought to {image}" in told
    assert "\n\n```\nThe smoke test failed\n```\n" in told
    assert "make rollback ENV=development" in told


def test_main_hands_the_changed_services_to_the_deployment():
    main = yaml.safe_load((WORKFLOWS / "main.yml").read_text())["jobs"]
    assert main["development"]["uses"] == "./.github/workflows/deploy.yml"
    assert main["development"]["with"]["services"] == "${{ needs.changes.outputs.services }}"
    assert main["development"]["with"]["digest"] == "${{ needs.images.outputs.digest }}"
    assert "needs.changes.outputs.services != '[]'" in main["development"]["if"]
    assert json.loads(outputs("services/catalog/app.py")["images"]) is True
    assert main["images"]["if"] == "needs.changes.outputs.images == 'true'"


def test_options_that_both_commands_know_go_to_both():
    common, only = deliver._split(["--context", "here", "--no-smoke", "--smoke-seconds", "0", "--values=a"])
    assert common == ["--context", "here", "--values=a"]
    assert only == ["--no-smoke", "--smoke-seconds", "0"]


def test_runner_in_the_vpc_admits_every_workflow_whose_jobs_wait_for_it():
    layer = (helm.ROOT / "deploy" / "terraform" / "layers" / "40-cluster" / "main.tf").read_text()
    (line,) = [each for each in layer.splitlines() if each.strip().startswith("workflows ")]
    admitted = set(json.loads(line.partition("=")[2].partition("#")[0]))
    found = workflows(helm.ROOT)
    waiting = {each.path.name for each in found if "codebuild-mercat-" in each.text}
    calling = {
        each.path.name for each in found for job in each.jobs.values() if str(job.calls).endswith(tuple(waiting))
    }
    assert {each.raw["name"] for each in found if each.path.name in waiting | calling} == admitted
