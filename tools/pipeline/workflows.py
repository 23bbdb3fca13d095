"""The workflows and composite actions of .github, read for the checks."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FOLDER = Path(".github/workflows")
ACTIONS = Path(".github/actions")
# Given by GitHub to every job.
GIVEN = {"GITHUB_TOKEN", "github_token"}
_CALL = re.compile(r"(secrets|vars)\s*(?:\.\s*([A-Za-z_][A-Za-z0-9_]*)|\[\s*'([^']+)'\s*\])")


class Job(NamedTuple):
    """A job as it stands in its file."""

    key: str
    raw: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name under which it reports."""
        return str(self.raw.get("name", self.key))

    @property
    def needs(self) -> list[str]:
        """The keys of the jobs that it waits for."""
        needs = self.raw.get("needs", [])
        return [needs] if isinstance(needs, str) else list(needs)

    @property
    def steps(self) -> Sequence[Mapping[str, Any]]:
        """Its steps; none if it calls another workflow."""
        steps: Sequence[Mapping[str, Any]] = self.raw.get("steps", [])
        return steps

    @property
    def calls(self) -> str | None:
        """The workflow that it calls, if it does."""
        called: str | None = self.raw.get("uses")
        return called


class Workflow(NamedTuple):
    """A file of .github/workflows."""

    path: Path
    text: str
    raw: Mapping[Any, Any]

    @property
    def triggers(self) -> dict[str, Any]:
        """What starts it, with its filters. YAML 1.1 reads the word `on` as true."""
        given = self.raw.get("on", self.raw.get(True, {}))
        if isinstance(given, str):
            return {given: None}
        return dict(given) if isinstance(given, Mapping) else dict.fromkeys(given)

    @property
    def jobs(self) -> dict[str, Job]:
        """Its jobs by key."""
        return {key: Job(key, raw) for key, raw in self.raw.get("jobs", {}).items()}


def workflows(root: Path) -> list[Workflow]:
    """All workflows, by name of the file."""
    return [read(path, root) for path in sorted((root / FOLDER).glob("*.y*ml"))]


def read(path: Path, root: Path) -> Workflow:
    """One file."""
    text = path.read_text(encoding="utf-8")
    try:
        return Workflow(path.relative_to(root), text, yaml.safe_load(text))
    except yaml.YAMLError as error:
        sys.exit(f"{path.relative_to(root)} is no YAML, so nothing was checked: {error}")


def actions(root: Path) -> list[Workflow]:
    """The composite actions, of which `raw` alone means something."""
    return [read(path, root) for path in sorted((root / ACTIONS).glob("*/action.y*ml"))]


def run_blocks(file: Workflow) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The steps with a `run`, each with its place."""
    for place, step in steps(file):
        if "run" in step:
            yield place, step


def steps(file: Workflow) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """All steps of a workflow or a composite action, each with its place."""
    if "runs" in file.raw:
        for number, step in enumerate(file.raw["runs"].get("steps", []), 1):
            yield f"{file.path}: step {number}", step
    for job in file.jobs.values():
        for number, step in enumerate(job.steps, 1):
            yield f"{file.path}: {job.key}, step {number}", step


def uses(file: Workflow) -> Iterator[str]:
    """The actions and workflows that a file uses, as they are written."""
    yield from (str(step["uses"]) for _, step in steps(file) if "uses" in step)
    yield from (job.calls for job in file.jobs.values() if job.calls)


def names_of(kind: str, raw: object) -> set[str]:
    """The names of the `secrets` or `vars` that expressions below this part of a document read."""
    if isinstance(raw, Mapping):
        return {name for key, value in raw.items() for name in names_of(kind, value) | names_of(kind, key)}
    if isinstance(raw, list):
        return {name for value in raw for name in names_of(kind, value)}
    if not isinstance(raw, str):
        return set()
    return {dotted or quoted for found, dotted, quoted in _CALL.findall(raw) if found == kind}
