"""A copy of deploy/terraform whose roots keep their state on disk, for runs without an account."""

from __future__ import annotations

import shutil
from pathlib import Path

from deploy import TERRAFORM

_BACKEND = """\
terraform {{
  backend "local" {{
    path = "{path}"
  }}
}}
"""


def offline_copy(destination: Path, source: Path = TERRAFORM) -> Path:
    """Copies the tree, and the services' service.yaml that it reads, below `destination`; returns the copied tree.

    Each root (a folder with a backend.tf) gets a file that overrides the backend: its state lies beside it. An edit of
    the copy changes nothing of the original. Domains count as delegated, and the connection
    to GitHub as admitted, as they are once a team has done so.
    """
    services = source.parents[1] / "services"
    for path in services.glob("*/service.yaml"):
        copied = destination / "services" / path.relative_to(services)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copied)
    tree = destination / "deploy" / "terraform"
    shutil.copytree(
        source, tree, symlinks=True, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*", "tests", "backend.hcl")
    )
    organisation = tree / "settings" / "organisation.tf"
    text = organisation.read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.lstrip().startswith(("delegated ", "connected ")):
            text = text.replace(line, line.replace("false", "true"))
    organisation.write_text(text, encoding="utf-8")
    for backend in tree.rglob("backend.tf"):
        keep_state_beside(backend.parent)
    return tree


def keep_state_beside(root: Path) -> None:
    """A file that overrides the backend of a root: its state lies in its folder."""
    override = _BACKEND.format(path=root / "offline.tfstate")
    (root / "backend_override.tf").write_text(override, encoding="utf-8")
