"""Our own rules for workflows, beside those of actionlint and zizmor. Each yields complaints about one file.

permissions   none at the top; each job says what it is granted
time          each job has a limit
pins          an action stands as a commit, with its version as comment; what is local exists
triggers      nothing starts with a stranger's code and our rights; each workflow says what happens to an older run
shell         no expression stands in a script: values come by `env`, so that none is read as code; a pipe needs
              `shell: bash`, since without it a failure before the pipe is lost
checkout      leaves no credentials behind
stranger      a pull request's code runs on GitHub's machines alone, and never in a job that may write
commands      what a script calls exists: make targets and modules
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools import printed
from tools.pipeline.workflows import Job, Workflow, run_blocks, steps

_LOCAL = "./"
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
_VERSION = re.compile(r"\s+# v\d+(\.\d+)*$")
_FORBIDDEN = {"pull_request_target", "workflow_run", "issue_comment"}
_STARTED_BY_OTHERS = {"workflow_call"}
_MAKE = re.compile(r"(?:^|[\s;&|(])make(?: +(?:-\S+|[A-Z_]+=\S+))*((?: +[a-z][a-z-]*)+)", re.MULTILINE)
_PIPE = re.compile(r"(?<!\|)\|(?!\|)")
_MODULE = re.compile(r"\bpython3? -m ([a-z_][\w.]*)")


def complaints(file: Workflow, root: Path) -> list[str]:
    """All that is wrong in a workflow or a composite action."""
    found = [*_pins(file, root), *_shell(file), *_checkout(file), *_commands(file, root)]
    if "jobs" in file.raw:
        found += [*_permissions(file), *_time(file), *_triggers(file), *_stranger(file)]
    return [
        f"{file.path}: {complaint}" if not complaint.startswith(str(file.path)) else complaint for complaint in found
    ]


def _permissions(file: Workflow) -> Iterator[str]:
    if file.raw.get("permissions") != {}:
        yield "permissions: {} must stand at the top, so that a job has what it names and no more"
    for job in file.jobs.values():
        if not isinstance(job.raw.get("permissions"), Mapping):
            yield f"{job.key}: say its permissions, one by one; {{}} for none"
        if job.raw.get("secrets") == "inherit":
            yield f"{job.key}: name the secrets that it passes on; `inherit` passes all"


def _time(file: Workflow) -> Iterator[str]:
    for job in file.jobs.values():
        if job.calls is None and "timeout-minutes" not in job.raw:
            yield f"{job.key}: timeout-minutes is missing; GitHub would wait six hours"


def _pins(file: Workflow, root: Path) -> Iterator[str]:
    used = [str(step["uses"]) for _, step in steps(file) if "uses" in step]
    used += [job.calls for job in file.jobs.values() if job.calls]
    for name in used:
        if name.startswith(_LOCAL):
            path = root / name
            if not (path.is_file() or (path / "action.yml").is_file()):
                yield f"{name} does not exist"
        elif not _PINNED.fullmatch(name):
            yield f"{name} is not pinned to a commit (40 digits)"
        else:
            lines = [line for line in file.text.splitlines() if name in line]
            if not all(_VERSION.search(line.rstrip()) for line in lines):
                yield f"{name}: say its version in a comment behind it: # v1.2.3"


def _triggers(file: Workflow) -> Iterator[str]:
    for name in sorted(_FORBIDDEN & set(file.triggers)):
        yield f"{name} runs with our rights on what strangers wrote: use pull_request, or schedule"
    each = all("concurrency" in job.raw for job in file.jobs.values())
    if set(file.triggers) - _STARTED_BY_OTHERS and "concurrency" not in file.raw and not each:
        yield "concurrency is missing: say whether a newer run cancels an older one or waits"


def _shell(file: Workflow) -> Iterator[str]:
    for place, step in run_blocks(file):
        if "${{" in step["run"]:
            yield f'{place}: an expression in a script; give it by env and read "$NAME"'
        if _PIPE.search(step["run"]) and step.get("shell", _default_shell(file)) != "bash":
            yield f"{place}: a pipe without `shell: bash` hides what fails before it"


def _default_shell(file: Workflow) -> object:
    return file.raw.get("defaults", {}).get("run", {}).get("shell")


def _checkout(file: Workflow) -> Iterator[str]:
    for place, step in steps(file):
        if str(step.get("uses", "")).startswith("actions/checkout@") and _persists(step):
            yield f"{place}: persist-credentials: false is missing, so later steps could push"


def _persists(step: Mapping[str, object]) -> bool:
    given = step.get("with", {})
    return not isinstance(given, Mapping) or given.get("persist-credentials") is not False


def _stranger(file: Workflow) -> Iterator[str]:
    if "pull_request" not in file.triggers:
        return
    for job in file.jobs.values():
        if job.calls is None and not str(job.raw.get("runs-on", "")).startswith("ubuntu-"):
            yield f"{job.key}: runs-on: a pull request's code runs on GitHub's ubuntu-... alone"
        granted = job.raw.get("permissions")
        rights = granted if isinstance(granted, Mapping) else {}
        # A token for AWS is written, too; what may be done with it, the role says.
        writes = [name for name, right in rights.items() if right == "write" and name != "id-token"]
        if writes and _runs_code(job):
            yield f"{job.key}: runs the pull request's code and may write {', '.join(writes)}: make it two jobs"


def _runs_code(job: Job) -> bool:
    used = [str(step.get("uses", "")) for step in job.steps]
    return any(name.startswith((_LOCAL, "actions/checkout@")) for name in used)


def _commands(file: Workflow, root: Path) -> Iterator[str]:
    known = printed.targets((root / "Makefile").read_text(encoding="utf-8"))
    for place, step in run_blocks(file):
        for words in _MAKE.findall(step["run"]):
            for target in words.split():
                if target not in known:
                    yield f"{place}: make {target}: there is no such target"
        for module in _MODULE.findall(step["run"]):
            path = root / module.replace(".", "/")
            if module != "pip" and not (path.is_dir() or path.with_suffix(".py").is_file()):
                yield f"{place}: python -m {module}: there is no such module"
