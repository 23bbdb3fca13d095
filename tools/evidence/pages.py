"""All pages whose tables have a column `evidence`, judged together: what `make check` refuses."""

from __future__ import annotations

from pathlib import Path

from tools.evidence import commands, references, tables
from tools.gates import tree


def named(root: Path) -> list[Path]:
    """The pages below docs that have evidence."""
    found = (Path(name) for name in tree.files(root, "docs/*.md"))
    return [page for page in found if _has_evidence((root / page).read_text(encoding="utf-8"))]


def _has_evidence(text: str) -> bool:
    return any(references.COLUMN in row.cells for row in tables.rows(text))


def complaints(root: Path = tree.ROOT) -> list[str]:
    """Evidence of any page that shows nothing, and commands that do not run where commands.yaml says."""
    return [*references.complaints(root, *named(root)), *commands.complaints(root)]
