"""The few settings that these commands need themselves, read from deploy/terraform/settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from deploy.refusal import Refusal

_PROJECT = re.compile(r'^\s*project\s*=\s*"([\w-]+)"', re.MULTILINE)
_BUDGETS = re.compile(r"^\s*monthly_usd\s*=\s*{([^}]*)}", re.MULTILINE)
_BUDGET = re.compile(r"([\w-]+)\s*=\s*(\d+)")


@dataclass(frozen=True)
class Organisation:
    """project: begins each environment's name. budgets: US dollars a month by environment."""

    project: str
    budgets: dict[str, int]

    def name(self, environment: str) -> str:
        """The prefix of the names of an environment's resources."""
        return f"{self.project}-{environment}"


def organisation(tree: Path) -> Organisation:
    """Read as text, since Terraform evaluates a module only for a root that is signed in to an account.

    Raises:
        Refusal: when a setting is not where it should be.
    """
    project = _PROJECT.search(_text(tree / "settings" / "organisation.tf"))
    budgets = _BUDGETS.search(_text(tree / "settings" / "environments.tf"))
    if project is None or budgets is None:
        raise Refusal(
            f'{tree / "settings"}: one of two lines is missing: project = "..." in organisation.tf, '
            "monthly_usd = { ... } in environments.tf."
        )
    return Organisation(project.group(1), {name: int(usd) for name, usd in _BUDGET.findall(budgets.group(1))})


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Refusal(f"{path} is missing: is --tree the folder deploy/terraform?") from None
