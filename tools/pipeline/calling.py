"""Workflows that call others.

GitHub does not start what asks for more than its caller grants. And a called job finds the secrets of its environment
under those names alone that its caller passes on: where none is passed, it is empty (actions/runner issue 1490).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tools.pipeline.workflows import FOLDER, GIVEN, Job, Workflow, names_of

_RANK = {"none": 0, "read": 1, "write": 2}


def complaints(workflows: Sequence[Workflow]) -> list[str]:
    """Calls of workflows that cannot be called, that grant too little, or that give inputs which do not fit."""
    by_path = {f"./{FOLDER}/{workflow.path.name}": workflow for workflow in workflows}
    return [
        f"{workflow.path}: {job.key}: {complaint}"
        for workflow in workflows
        for job in workflow.jobs.values()
        if job.calls in by_path
        for complaint in _call(job, by_path[job.calls])
    ]


def _call(job: Job, called: Workflow) -> Iterator[str]:
    if "workflow_call" not in called.triggers:
        yield f"{called.path} cannot be called: it has no workflow_call"
        return
    for inner in called.jobs.values():
        yield from _granted(job, inner, called)
    yield from _secrets(job, called)
    inputs = (called.triggers["workflow_call"] or {}).get("inputs") or {}
    given = job.raw.get("with", {})
    for name in given:
        if name not in inputs:
            yield f"{called.path} has no input {name}"
    for name, about in inputs.items():
        if about.get("required") and name not in given:
            yield f"{called.path} needs the input {name}"


def _secrets(job: Job, called: Workflow) -> Iterator[str]:
    declared = (called.triggers["workflow_call"] or {}).get("secrets") or {}
    passed = job.raw.get("secrets") or {}
    outside = {key: value for key, value in called.raw.items() if key not in {"on", True}}
    for name in sorted(names_of("secrets", outside) - GIVEN - set(passed)):
        yield f"{called.path} reads secrets.{name}, which is empty unless it is passed on: secrets: {name}"
    for name in passed:
        if name not in declared:
            yield f"{called.path} has no secret {name} under workflow_call"


def _granted(job: Job, inner: Job, called: Workflow) -> Iterator[str]:
    granted = job.raw.get("permissions", {})
    wanted = inner.raw.get("permissions", {})
    if not isinstance(granted, Mapping) or not isinstance(wanted, Mapping):
        return
    for name, right in wanted.items():
        if _RANK[str(right)] > _RANK[str(granted.get(name, "none"))]:
            yield f"{called.path}, {inner.key} wants {name}: {right}; grant it, or GitHub does not start the run"
