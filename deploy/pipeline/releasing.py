"""Runs a command of deploy.release for a workflow: its output passes on, and its end is told."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections import deque
from collections.abc import Sequence

from deploy.refusal import MISUSED, Refusal
from deploy.release.planned import names

_LAST_LINES = 60
ALL = "all"


def services(text: str) -> list[str]:
    """The services that are meant.

    Raises:
        Refusal: it is no list, or one of them is no service.
    """
    if text.strip() == ALL:
        return names()
    try:
        found = json.loads(text) if text.strip().startswith("[") else text.split()
    except ValueError as error:
        raise Refusal(f"SERVICES={text} is no JSON list: {error}", MISUSED) from error
    if unknown := [each for each in found if each not in names()]:
        raise Refusal(
            f"SERVICES={text}: {unknown[0]} is no service: give some of {', '.join(names())}, or all.", MISUSED
        )
    return sorted(set(found))


def run(word: str, arguments: Sequence[str]) -> tuple[int, list[str]]:
    """Run a command of deploy.release, its output passed on as it comes; its status and its last lines."""
    command = [sys.executable, "-m", "deploy.release", word, *arguments]
    print(f"$ {shlex.join(['python', *command[1:]])}", flush=True)
    last: deque[str] = deque(maxlen=_LAST_LINES)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=subprocess.STDOUT, text=True, env=environment) as process:
        assert process.stdout is not None  # noqa: S101 -- it is a pipe
        for line in process.stdout:
            print(line, end="", flush=True)
            last.append(line.rstrip())
    return process.returncode, list(last)


def why(last: Sequence[str]) -> str:
    """From the last ✗ on that stands alone: the message that the command ended with."""
    begins = [number for number, line in enumerate(last) if line.startswith("✗")]
    return "\n".join(last[begins[-1] :] if begins else last).strip().removeprefix("✗ ")
