"""`make workflows` checks everything in .github/workflows and .github/actions. A missing tool is a failure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tools import check_runner
from tools.pipeline import allowed, calling, environments, linters, lists, required, rules, workflows

ROOT = Path(__file__).resolve().parent.parent.parent


def checks(root: Path) -> dict[str, Callable[[], str]]:
    """All checks by name; each returns what it found."""
    flows, files = workflows.workflows(root), [*workflows.workflows(root), *workflows.actions(root)]
    listed = lists.read(root)
    return {
        "actionlint": lambda: linters.actionlint(root, files),
        "zizmor": lambda: linters.zizmor(root, files),
        "shellcheck": lambda: linters.shellcheck(files),
        "our own rules": lambda: "\n".join(text for file in files for text in rules.complaints(file, root)),
        "calls of workflows": lambda: "\n".join(calling.complaints(flows)),
        "required checks": lambda: "\n".join(required.complaints(flows, listed.required_checks)),
        "allowed actions": lambda: "\n".join(allowed.complaints(files, listed.allowed_actions)),
        "secrets and variables": lambda: "\n".join(environments.complaints(flows, listed)),
    }


def main() -> None:
    """Run all; the exit status is 1 if one found something."""
    check_runner.run(checks(ROOT), beside=())


if __name__ == "__main__":
    main()
