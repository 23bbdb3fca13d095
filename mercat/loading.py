"""Products into the catalog: its own loader, run as a process, and what it reports."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from mercat import environment
from mercat.refusal import Refusal
from mercat.services import discover
from mercat.store import Store

# One line of the loader's report: {"event": "progress" | "problem" | "done", ...}.
Event = dict[str, Any]


def catalog_environment(store: Store) -> dict[str, str]:
    """The settings of the catalog's own process.

    Raises:
        Refusal: this store has no catalog.
    """
    specs = discover(store.root)
    for spec in specs:
        if spec.name == "catalog":
            return environment.service(store, specs, spec)
    raise Refusal("This store has no catalog service to load products into.")


def load(store: Store, *options: str) -> Iterator[Event]:
    """Run `python -m catalog.load` with these options and yield its events as they come. The last is "done".

    Raises:
        Refusal: it failed; with what it said.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "catalog.load", *options],
        env=catalog_environment(store),
        cwd=store.root,
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
            said = process.stderr.read()
        except GeneratorExit:
            process.terminate()
            raise
    # It ends with 1 too when all is done but for some rows.
    if process.returncode != 0 and not done:
        raise Refusal(f"The catalog could not load this:\n{said.strip() or f'status {process.returncode}'}")


def _event(line: str) -> Event | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None
