"""What `make check` says of the files that are being committed: git's hook, by .pre-commit-config.yaml.

A check of single files gets the changed ones. One that compares files runs on all, if a file that it compares changed.
What depends on a changed file without being changed, `make check` alone finds.
"""

from __future__ import annotations

import fnmatch
import sys
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from tools import check, check_runner
from tools.release import debt


class Part(NamedTuple):
    """A check, for the changed files that match a pattern. `*` goes over folders."""

    patterns: tuple[str, ...]
    run: Callable[[list[str]], str]


def whole(name: str) -> Callable[[list[str]], str]:
    """A check of all files at once."""
    return lambda _: check.CHECKS[name]()


_CODE = ("*.py", "pyproject.toml")
_API = ("services/*.py", "services/*.yaml", "chassis/*.py", "*openapi.json", "tools/*.py")
PARTS: dict[str, Part] = {
    "lint (ruff)": Part(("*.py",), check.lint),
    "format (ruff)": Part(("*.py",), check.layout),
    "our own rules": Part(("*.py",), check.own_rules),
    "service.yaml": Part(("*service.yaml", "*service.schema.json"), whole("service.yaml")),
    "migrations (squawk)": Part(("*.sql", ".squawk.toml"), whole("migrations (squawk)")),
    "boundaries (import-linter)": Part(_CODE, whole("boundaries (import-linter)")),
    "diagram of the rooms": Part((*_CODE, "docs/architecture.md"), whole("diagram of the rooms")),
    "OpenAPI drift": Part(_API, whole("OpenAPI drift")),
    "API style": Part(_API, whole("API style")),
    "links": Part(("*.md",), whole("links")),
    "evidence": Part(("docs/*.md", "*test_*.py", "Makefile", "tools/evidence/*"), whole("evidence")),
    "story map": Part(("docs/stories.md", "tools/evidence/*", ".ci/run"), whole("story map")),
    "threat model": Part(("docs/compliance/threat*.md", "*service.yaml", "tools/threats.py"), whole("threat model")),
    "debts": Part(("docs/debt.md", *(f"*{ending}" for ending in debt.CODE)), whole("debts")),
    "secrets (gitleaks)": Part(("*",), check.secrets_kept),
    "types (mypy strict)": Part(("*.py",), check.types),
}
# Git's other hook asks it of the message: python -m tools.gates.commits --message.
BY_MESSAGE = ("commits",)


def chosen(names: list[str]) -> dict[str, check_runner.Check]:
    """The checks that these files need."""
    found: dict[str, check_runner.Check] = {}
    for name, part in PARTS.items():
        about = [each for each in names if any(fnmatch.fnmatchcase(each, pattern) for pattern in part.patterns)]
        if about:
            found[name] = partial(part.run, about)
    return found


def main() -> None:
    """Check the files that are named."""
    check_runner.run(chosen(sys.argv[1:]), beside=check.BESIDE)


if __name__ == "__main__":
    main()
