"""Git's hooks, installed by `make hooks` in a copy of the repository: each check refuses what is seeded for it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tools import check, check_changed
from tools.copies import copy_repository
from tools.gates import tree
from tools.gates.tests.seeded import AUTHOR, commit, git, put

# In two parts, or this file would be refused itself.
KEY = "AKIA" + "QYLPMN5HFUTRZ3XW"
SPECIFICATION = "services/catalog/service.yaml"
API = "services/catalog/openapi.json"
ROOMS = "docs/architecture.md"
STORIES = "docs/stories.md"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy") / "mercat"
    copy_repository(folder)
    commit(folder, "Begin")
    done = run(folder, "make", "hooks")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def run(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PRE_COMMIT_HOME": str(folder.parent / "pre-commit"), "NO_COLOR": "1"}
    return subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=500)


def committed(folder: Path, subject: str) -> subprocess.CompletedProcess[str]:
    git(folder, "add", "--all")
    return run(folder, "git", *AUTHOR, "commit", "--message", subject)


def faults(folder: Path) -> dict[str, str]:
    """Files with a fault for every check."""
    page = (folder / ROOMS).read_text(encoding="utf-8")
    document = json.loads((folder / API).read_text(encoding="utf-8"))
    next(iter(next(iter(document["paths"].values())).values()))["operationId"] = "NoSuchStyle"
    specification = (folder / SPECIFICATION).read_text(encoding="utf-8")
    return {
        "tools/seeded_lint.py": '"""Unused."""\n\nimport os\n',
        "tools/seeded_layout.py": '"""Not formatted."""\n\nx = {  }\n',
        "tools/tests/test_seeded.py": "import time\n\n\ndef test_seeded():\n    time.sleep(1)\n",
        SPECIFICATION: specification.replace("name: catalog", "name: catalogue", 1),
        "chassis/migrations/9999_seeded.sql": "drop table outbox_log;\n",
        "chassis/values/seeded.py": '"""Imports what stands above it."""\n\nfrom stripe_double import app as app\n',
        ROOMS: re.sub(r"(<!-- rooms: make rooms -->\n)", r"\1\nSeeded.\n", page),
        API: json.dumps(document, indent=2) + "\n",
        "docs/seeded.md": "# Seeded\n\n[nowhere](gone.md)\n\n| id | evidence |\n| --- | --- |\n| V1 | `gone.py` |\n",
        STORIES: (folder / STORIES).read_text(encoding="utf-8").replace("\n| A1 |", "\n| A99 |", 1),
        "tools/seeded_debt.py": '"""Owes."""\n\nX = 1  # debt(seeded)\n',
        "deploy/seeded.yaml": f"aws_access_key_id: {KEY}\n",
        "tools/seeded_types.py": '"""Wrong."""\n\nNUMBER: int = "one"\n',
    }


def test_what_is_seeded_for_each_check_is_refused(copy: Path):
    seeded = faults(copy)
    put(copy, seeded)
    done = committed(copy, "Seed a fault for each check")
    git(copy, "reset", "--quiet", "--hard")
    assert done.returncode == 1, done.stdout + done.stderr
    refused = set(re.findall(r"^FAIL  (.*)  \(", done.stdout + done.stderr, re.MULTILINE))
    assert refused == set(check_changed.PARTS), done.stdout + done.stderr


def test_a_commit_without_fault_passes_and_its_message_is_checked(copy: Path):
    put(copy, {"docs/seeded.md": "# Seeded\n\n[home](../README.md)\n"})
    refused = committed(copy, "Added a page")
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert "begin with an order" in refused.stdout + refused.stderr
    done = committed(copy, "Add a page")
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(copy, "log", "-1", "--format=%s") == "Add a page\n"


def test_every_check_has_its_part_in_a_hook():
    assert {*check_changed.PARTS, *check_changed.BY_MESSAGE} == set(check.CHECKS)
    (repository,) = yaml.safe_load((tree.ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert repository["repo"] == "local"
    entries = {hook["stages"][0]: (hook["language"], hook["entry"]) for hook in repository["hooks"]}
    assert entries == {
        "pre-commit": ("system", ".venv/bin/python -m tools.check_changed"),
        "commit-msg": ("system", ".venv/bin/python -m tools.gates.commits --message"),
    }


def test_only_the_parts_that_the_changed_files_need_are_run():
    assert list(check_changed.chosen(["docs/gates.md"])) == ["links", "evidence", "secrets (gitleaks)"]
    assert list(check_changed.chosen(["web/storefront/index.html"])) == ["secrets (gitleaks)"]
    assert {"lint (ruff)", "types (mypy strict)", "OpenAPI drift"} <= set(
        check_changed.chosen(["services/orders/jobs.py"])
    )
