"""The checks that main demands (deploy/terraform/github/lists.tf) against the jobs that report them.

GitHub takes a skipped job for a passed one. So a demanded job may be skipped by a filter, but never because of a
failure: each job that it needs is demanded as well, or it sums them up: it always runs and fails if one failed or was
cancelled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tools.pipeline.workflows import Job, Workflow

EVENTS = ("pull_request", "merge_group")
FILTERS = ("paths", "paths-ignore", "branches-ignore")
# Jobs that tell something and decide nothing, with the reason.
NOT_DEMANDED = {"comment": "posts what `budgets` measured"}
SUM_UP = {"always()", "${{ always() }}"}
FAILED = "contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled')"


def complaints(workflows: Sequence[Workflow], demanded: Sequence[str]) -> list[str]:
    """What does not agree."""
    reporting = [workflow for workflow in workflows if set(EVENTS) & set(workflow.triggers)]
    found = [complaint for name in demanded for complaint in _reported(name, reporting)]
    for workflow in reporting:
        if any(job.name in demanded for job in workflow.jobs.values()):
            found += [*_triggered(workflow), *_left_over(workflow, demanded)]
            found += [
                text
                for job in workflow.jobs.values()
                if job.name in demanded
                for text in _skipped(job, workflow, demanded)
            ]
    return found


def _reported(name: str, workflows: Sequence[Workflow]) -> Iterator[str]:
    jobs = [(workflow.path, job) for workflow in workflows for job in workflow.jobs.values() if job.name == name]
    if len(jobs) != 1:
        where = ", ".join(str(path) for path, _ in jobs) or "no workflow"
        yield f"lists.tf demands {name}: one job must report it, and {where} does"
    for path, job in jobs:
        if job.calls or "matrix" in job.raw.get("strategy", {}):
            yield f"{path}: {job.key} reports under other names than {name}: sum it up in a plain job"


def _triggered(workflow: Workflow) -> Iterator[str]:
    for event in EVENTS:
        if event not in workflow.triggers:
            yield f"{workflow.path}: not started by {event}, so what main demands would never be reported"
        filters = workflow.triggers.get(event) or {}
        for name in FILTERS:
            if name in filters:
                yield f"{workflow.path}: {event} has {name}: what main demands is not reported then; skip jobs by `if`"


def _left_over(workflow: Workflow, demanded: Sequence[str]) -> Iterator[str]:
    summed = {key for job in workflow.jobs.values() if job.name in demanded for key in job.needs}
    for key, job in workflow.jobs.items():
        if job.name not in demanded and key not in summed and key not in NOT_DEMANDED:
            yield f"{workflow.path}: nothing demands {key}: add it to required_checks in lists.tf"


def _skipped(job: Job, workflow: Workflow, demanded: Sequence[str]) -> Iterator[str]:
    if sums_up(job):
        return
    for key in job.needs:
        if (needed := workflow.jobs.get(key)) is None or needed.name not in demanded:
            passes = f"{job.key} would be skipped, and so pass, when {key} fails"
            yield f"{workflow.path}: {passes}: sum up, or demand {key}"


def sums_up(job: Job) -> bool:
    """Whether it always runs and fails where a job that it needs failed or was cancelled."""
    first = job.steps[0] if job.steps else {}
    return str(job.raw.get("if", "")).strip() in SUM_UP and first.get("if") == FAILED and ends_red(first)


def ends_red(step: Mapping[str, Any]) -> bool:
    """Whether the step fails, whatever it prints before."""
    return str(step.get("run", "")).strip().splitlines()[-1:] == ["exit 1"]
