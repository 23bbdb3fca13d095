"""Runs the catalog's product loader as a process and reads its report."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from mercat.config import environment
from mercat.config.services import discover
from mercat.installation import CommandError, Installation

# One line of the report, a JSON object: {"event": "progress" | "problem" | "done", ...}.
LoaderEvent = dict[str, Any]


def catalog_environment(installation: Installation) -> dict[str, str]:
    """The environment of the catalog service.

    Raises:
        CommandError: this store has no catalog.
    """
    specs = discover(installation.root)
    for spec in specs:
        if spec.name == "catalog":
            return environment.service(installation, specs, spec)
    raise CommandError("This store has no catalog service to load products into.")


def load(installation: Installation, *options: str) -> Iterator[LoaderEvent]:
    """Run `python -m catalog.load` with these options and yield its events as it reports them; the last is "done".

    Raises:
        CommandError: it failed; the message is its error output.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "catalog.load", *options],
        env=catalog_environment(installation),
        cwd=installation.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    done = False
    with process:
        assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018 -- both are pipes
        try:
            for line in process.stdout:
                if (event := _event(line)) is not None:
                    done = done or event["event"] == "done"
                    yield event
            errors = process.stderr.read()
        except GeneratorExit:
            process.terminate()
            raise
    # It also ends with status 1 if some rows were refused.
    if process.returncode != 0 and not done:
        raise CommandError(f"The catalog could not load this:\n{errors.strip() or f'status {process.returncode}'}")


def _event(line: str) -> LoaderEvent | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None
