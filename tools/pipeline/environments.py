"""The secrets and variables that jobs read against those that an environment has (lists.tf), in both directions.

What a job passes on to a workflow that it calls is read there. A job's environment may come from an input of its
workflow, or from its matrix: then it is each value that these take. Secrets and variables of the whole repository there
are none, so a job without an environment reads none.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tools.pipeline.lists import Lists
from tools.pipeline.workflows import FOLDER, GIVEN, Job, Workflow, names_of

_PIECE = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_SOURCE = re.compile(r"(?:github\.event\.)?(inputs|matrix)\.([\w-]+)")


class Read(NamedTuple):
    """Names that a job reads in an environment; None if it has none."""

    where: str
    environment: str | None
    secrets: frozenset[str]
    variables: frozenset[str]


def complaints(workflows: Sequence[Workflow], lists: Lists) -> list[str]:
    """What is read and not there, and what is there and never read."""
    read, unclear = reads(workflows)
    found = list(unclear)
    for each in read:
        found += _absent(each, "secrets", each.secrets, lists.secrets)
        found += _absent(each, "vars", each.variables, lists.variables)
    for environment in sorted({*lists.secrets, *lists.variables}):
        there = [each for each in read if each.environment == environment]
        unread = set(lists.secrets.get(environment, ())) - {name for each in there for name in each.secrets}
        unread |= set(lists.variables.get(environment, ())) - {name for each in there for name in each.variables}
        found += [f"lists.tf: {environment} has {name}, and no job there reads it" for name in sorted(unread)]
    return found


def _absent(read: Read, kind: str, names: frozenset[str], there: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name in sorted(names - GIVEN):
        if read.environment is None:
            yield f"{read.where}: reads {kind}.{name} without an environment, and the repository itself has none"
        elif name not in there.get(read.environment, ()):
            yield f"{read.where}: reads {kind}.{name}, which {read.environment} does not have: add it to lists.tf"


def reads(workflows: Sequence[Workflow]) -> tuple[list[Read], list[str]]:
    """What each job reads, one entry an environment; and complaints about environments that nobody can tell."""
    found, unclear = [], []
    for workflow in workflows:
        outside = {key: value for key, value in workflow.raw.items() if key not in {"jobs", "on", True}}
        everywhere = [names_of(kind, outside) for kind in ("secrets", "vars")]
        for job in workflow.jobs.values():
            where = f"{workflow.path}: {job.key}"
            secrets, variables = (
                names_of(kind, _read_here(job)) | own for kind, own in zip(("secrets", "vars"), everywhere, strict=True)
            )
            environments = _environments(job, workflow, workflows)
            if not environments:
                unclear.append(
                    f"{where}: nobody can tell its environment; take it from an input with values or a matrix"
                )
            found += [Read(where, name, frozenset(secrets), frozenset(variables)) for name in environments]
    return found, unclear


def _read_here(job: Job) -> Mapping[str, Any]:
    return {key: value for key, value in job.raw.items() if not (job.calls and key == "secrets")}


def _environments(job: Job, workflow: Workflow, workflows: Sequence[Workflow]) -> Sequence[str | None]:
    """All environments that the job may have; nothing if one cannot tell."""
    given = job.raw.get("environment")
    text = given.get("name") if isinstance(given, Mapping) else given
    if text is None:
        return [None]
    pieces = _PIECE.findall(text)
    choices = [_values(piece, job, workflow, workflows) for piece in pieces]
    # The parts between the pieces, then one after the other: part, value, part, value, part.
    parts = _PIECE.split(text)[::2]
    found = {
        "".join(itertools.chain(*itertools.zip_longest(parts, values, fillvalue="")))
        for values in itertools.product(*choices)
    }
    return sorted(found)


def _values(expression: str, job: Job, workflow: Workflow, workflows: Sequence[Workflow]) -> list[str]:
    source = _SOURCE.fullmatch(expression)
    if source is None:
        return []
    kind, name = source.groups()
    if kind == "matrix":
        return _of_matrix(job, name)
    values = [value for caller in workflows for value in _given_by(caller, workflow, name, workflows)]
    dispatch = ((workflow.triggers.get("workflow_dispatch") or {}).get("inputs") or {}).get(name, {})
    return [*values, *dispatch.get("options", [])]


def _of_matrix(job: Job, name: str) -> list[str]:
    matrix: Any = job.raw.get("strategy", {}).get("matrix", {})
    if not isinstance(matrix, Mapping):
        return []
    own = matrix.get(name, [])
    included = [entry[name] for entry in matrix.get("include", []) if name in entry]
    return [str(value) for value in [*(own if isinstance(own, list) else []), *included]]


def _given_by(caller: Workflow, called: Workflow, name: str, workflows: Sequence[Workflow]) -> Iterator[str]:
    for job in caller.jobs.values():
        if job.calls == f"./{FOLDER}/{called.path.name}":
            value = str(job.raw.get("with", {}).get(name, ""))
            pieces = _PIECE.fullmatch(value)
            yield from _values(pieces[1], job, caller, workflows) if pieces else [value] * bool(value)
