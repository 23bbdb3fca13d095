"""The actions of others than GitHub: those that lists.tf allows are those that are used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tools.pipeline.workflows import Workflow, uses

# GitHub's own: allowed by `github_owned_allowed`.
OWN = {"actions", "github"}


def complaints(files: Iterable[Workflow], allowed: Sequence[str]) -> list[str]:
    """Used and not allowed, allowed and not used."""
    names = {name.partition("@")[0] for file in files for name in uses(file) if not name.startswith("./")}
    used = {f"{name}@*" for name in names if name.partition("/")[0] not in OWN}
    return [
        *(f"{name} is used, and lists.tf does not allow it" for name in sorted(used - set(allowed))),
        *(f"lists.tf allows {name}, and nothing uses it" for name in sorted(set(allowed) - used)),
    ]
