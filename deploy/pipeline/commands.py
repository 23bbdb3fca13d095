"""Runs a program that the pipeline needs, bounded in time."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.refusal import Refusal

_SECONDS = 120.0


def run(*command: str, stdin: str = "", seconds: float = _SECONDS) -> str:
    """What it prints.

    Raises:
        Refusal: it is not installed, failed, or was not done in time.
    """
    done = tried(command, stdin=stdin, seconds=seconds)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise Refusal(f"{' '.join(command[:4])} ended with {done.returncode}: {said[-2000:]}")
    return done.stdout


def tried(
    command: Sequence[str],
    *,
    stdin: str = "",
    seconds: float = _SECONDS,
    shown: bool = False,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """How it ended, whichever way. shown: what it prints goes to the log, as it comes, and is not in the answer.

    Raises:
        Refusal: it is not installed, or was not done in time.
    """
    if shutil.which(command[0]) is None:
        raise Refusal(f"{command[0]} is not installed: put it on the PATH.")
    try:
        return subprocess.run(
            command,
            input=stdin,
            capture_output=not shown,
            text=True,
            timeout=seconds,
            check=False,
            cwd=cwd,
            env=env,
        )
    except subprocess.TimeoutExpired:
        raise Refusal(f"{' '.join(command[:4])} was not done within {seconds:.0f} s.") from None
