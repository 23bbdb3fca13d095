"""Runs a program that the pipeline needs, bounded in time."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

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


def tried(command: Sequence[str], *, stdin: str = "", seconds: float = _SECONDS) -> subprocess.CompletedProcess[str]:
    """How it ended, whichever way.

    Raises:
        Refusal: it is not installed, or was not done in time.
    """
    if shutil.which(command[0]) is None:
        raise Refusal(f"{command[0]} is not installed: put it on the PATH.")
    try:
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise Refusal(f"{' '.join(command[:4])} was not done within {seconds:.0f} s.") from None
