"""Runs what a control names as its evidence: tests by pytest, commands as they are written."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tools.evidence import commands, references
from tools.evidence.controls import Control

PASSED, FAILED, NOT_RUN, READ = "passed", "FAILED", "NOT RUN", "read"
# What `terraform test` runs, and the test of ours that runs it for a module.
_MODULE = re.compile(r"deploy/terraform/modules/([\w-]+)/tests/\w+\.tftest\.hcl")
_OF_MODULE = "deploy/tests/test_modules.py::test_it_is_valid_and_its_own_tests_pass[modules/{}]"
# `make controls ARGS=...` would hand its own ARGS to each target that it runs.
_OF_MAKE = {"MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "ARGS"}
# What a run may take: more than any command of commands.yaml.
_SECONDS = 3 * 3600
Say = Callable[[str], None]


class Result(NamedTuple):
    """How one reference ended: PASSED, FAILED, NOT_RUN, or READ for a file that is only looked at."""

    reference: references.Reference
    outcome: str
    told: str


def run(root: Path, control: Control, longest: int, say: Say) -> list[Result]:
    """The results of a control's evidence, told as they come. `longest`: minutes a command may take."""
    say(f"\n{control.id}  {control.asked}  ({control.standard}: {control.state})")
    results = []
    for reference in control.evidence:
        result = _one(root, reference, longest, say)
        if result:
            say(f"    {result.outcome}: {result.told}")
            results.append(result)
    return results


def _one(root: Path, reference: references.Reference, longest: int, say: Say) -> Result | None:
    module = _MODULE.fullmatch(reference.text)
    if reference.kind == references.TEST or module:
        return _tests(root, reference, _OF_MODULE.format(module[1]) if module else reference.text, say)
    if reference.kind == references.COMMAND:
        return _command(root, reference, longest, say)
    if reference.kind == references.PATH:
        say(f"  {reference.text}")
        there = (root / reference.text).exists()
        return Result(reference, READ if there else FAILED, "a person reads it" if there else "it is not there")
    return None


def _tests(root: Path, reference: references.Reference, name: str, say: Say) -> Result:
    """A run of pytest. What it skips is not run, whatever else passes."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        argv = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--show-capture=no",
            "-m",
            "not image",
            f"--junitxml={report}",
            name,
        ]
        say(f"  $ .venv/bin/python -m pytest -q {name}")
        done, seconds = _done(root, argv)
        if not report.exists():
            return Result(reference, FAILED, _end(done.stdout))
        suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314 # nosec B314 -- pytest wrote it
    counts = {word: int((suite.get(word) if suite is not None else None) or 0) for word in ("tests", "skipped")}
    ran = counts["tests"] - counts["skipped"]
    if done.returncode not in {0, 5} or (done.returncode == 5 and not counts["skipped"]):
        return Result(reference, FAILED, _end(done.stdout))
    if counts["skipped"]:
        return Result(
            reference, NOT_RUN, f"{counts['skipped']} of {counts['tests']} tests were left out: {_end(done.stdout)}"
        )
    return Result(reference, PASSED, f"{ran} tests in {seconds:.0f} s")


def _command(root: Path, reference: references.Reference, longest: int, say: Say) -> Result:
    known = commands.known(root)[commands.key(reference.text)]
    say(f"  $ {reference.text}")
    if why := _why_not(known, longest):
        return Result(reference, NOT_RUN, why)
    done, seconds = _done(root, ["sh", "-c", reference.text])
    if done.returncode != 0:
        return Result(reference, FAILED, f"status {done.returncode}: {_end(done.stdout)}")
    return Result(reference, PASSED, f"status 0 in {seconds:.0f} s")


def _why_not(known: commands.Known, longest: int) -> str:
    """Why a command is not run here; empty if it is."""
    if known.state == "not_run":
        return f"it has never run: {known.told}"
    if lacking := sorted(_lacking(known.needs)):
        return f"it needs {', '.join(lacking)}: run it where there is"
    if known.minutes > longest:
        return f"it takes {known.minutes} minutes: run it by itself, or with --minutes {known.minutes}"
    return ""


def _lacking(needs: frozenset[str]) -> set[str]:
    here = {"node": shutil.which("node"), "root": os.geteuid() == 0, "Debian": Path("/etc/debian_version").exists()}
    return {need for need in needs if not here.get(need)}


def _done(root: Path, argv: list[str]) -> tuple[subprocess.CompletedProcess[str], float]:
    began = time.monotonic()
    environment = {name: value for name, value in os.environ.items() if name not in _OF_MAKE}
    process = subprocess.Popen(
        argv,
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # a group of its own, which can be ended whole
    )
    try:
        output, _ = process.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        output = f"it did not end within {_SECONDS} seconds, and was ended"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return subprocess.CompletedProcess(argv, process.returncode, output), time.monotonic() - began


def _end(output: str) -> str:
    """The last lines of what a program said."""
    return "\n      ".join(output.strip().splitlines()[-15:])
