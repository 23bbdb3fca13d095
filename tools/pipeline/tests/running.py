"""Runs workflows by act on this machine: real expressions, needs and filters, on a small repository.

A `make` before the real one on the PATH, and a `.venv/bin/python`, answer for what takes half an hour: they note what
they are asked, and `make` fails where told to. What decides which jobs run (`make changes`) is real. Actions of others
are stood in for by one that does nothing. Of a matrix one job runs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from chassis.testing.skipping import skip_without
from tools.pipeline.linters import HOME
from tools.pipeline.workflows import actions, uses, workflows

ROOT = Path(__file__).resolve().parents[3]
NOTHING = """\
name: stands in
description: does nothing
runs:
  using: composite
  steps:
    - run: "true"
      shell: sh
"""
MAKE = """#!/bin/sh
case "$*" in *" changes "*) exec "$REAL_MAKE" "$@" ;; esac
echo "$*" >>"$NOTES"
for broken in $BROKEN; do case " $* " in *" $broken "*) exit 1 ;; esac done
"""
PYTHON = """#!/bin/sh
echo "python $*" >>"$NOTES"
"""
NAMED = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")


class Run(NamedTuple):
    """What act did: the result of each job that ran, and what make was asked."""

    results: dict[str, set[str]]
    made: list[str]
    said: str


def needs_act() -> Path:
    """The program; the test is left out where it cannot be had."""
    program = HOME / "bin" / "act"
    if not program.exists():
        skip_without("act", "run make workflows, which installs it")
    return program


def repository(folder: Path) -> Path:
    """A repository of one commit, with our workflows, and of the rest what `make changes` reads."""
    shutil.copytree(ROOT / ".github", folder / ".github")
    shutil.copytree(
        ROOT / "tools" / "pipeline", folder / "tools" / "pipeline", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ["Makefile", "tools/__init__.py", *_descriptions()]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    _write(folder / ".venv" / "bin" / "python", PYTHON)
    git(folder, "init", "-q", "-b", "main")
    commit(folder)
    return folder


def _descriptions() -> list[str]:
    return [str(path.relative_to(ROOT)) for path in ROOT.glob("services/*/service.yaml")]


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *NAMED, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", "Change something")
    return git(folder, "rev-parse", "HEAD")


def pull_request(folder: Path, *, base: str, broken: str = "", job: str = "") -> Run:
    """Run the jobs of a pull request from `base` to what is checked out; make fails for the targets `broken`."""
    aside = folder.parent / f"{folder.name}-aside"
    notes = aside / "notes"
    _prepare(aside, base, git(folder, "rev-parse", "HEAD"))
    environment = {
        "PATH": f"{aside / 'bin'}:{os.environ['PATH']}",
        "HOME": str(aside),
        "XDG_CACHE_HOME": str(aside / "cache"),
        "REAL_MAKE": str(shutil.which("make")),
        "NOTES": str(notes),
        "BROKEN": broken,
    }
    done = subprocess.run(
        _command(folder, aside, job),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    made = notes.read_text().splitlines() if notes.exists() else []
    return Run(_results(done.stdout), made, done.stdout + done.stderr)


def _prepare(aside: Path, base: str, head: str) -> None:
    shutil.rmtree(aside, ignore_errors=True)
    for name, text in {"bin/make": MAKE, "nothing/action.yml": NOTHING, "event.json": _event(base, head)}.items():
        _write(aside / name, text)


def _write(path: Path, text: str) -> None:
    """A file, which can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def _event(base: str, head: str) -> str:
    repository = {"full_name": "example/mercat"}
    sides = {
        "base": {"sha": base, "ref": "main", "repo": repository},
        "head": {"sha": head, "ref": "change", "repo": repository},
    }
    return json.dumps({"pull_request": {"number": 1, "title": "Sell more", **sides}, "repository": repository})


def _command(folder: Path, aside: Path, job: str) -> list[str]:
    remote = {
        name for file in [*workflows(folder), *actions(folder)] for name in uses(file) if not name.startswith("./")
    }
    words = [str(needs_act()), "pull_request", "--eventpath", str(aside / "event.json"), "--json", "--no-cache-server"]
    words += [f"--platform={machine}=-self-hosted" for machine in ("ubuntu-latest", "ubuntu-24.04")]
    words += [f"--matrix={each}" for each in ("python:3.11", "image:services", "architecture:amd64")]
    words += ["--workflows", ".github/workflows/pull-request.yml"]
    words += [f"--local-repository={name}={aside / 'nothing'}" for name in sorted(remote)]
    return [*words, *(["--job", job] if job else [])]


def _results(said: str) -> dict[str, set[str]]:
    """The results of each job; one of a matrix may have several."""
    results: dict[str, set[str]] = {}
    for line in said.splitlines():
        entry = json.loads(line) if line.startswith("{") else {}
        if "jobResult" in entry:
            results.setdefault(entry["jobID"], set()).add(entry["jobResult"])
    return results
