"""`python -m deploy.documents --write`: the generated parts of the documents on AWS, made anew from the code."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from deploy import TERRAFORM
from deploy.documents import reference
from deploy.documents.blocks import Blocks, blocks, filled
from deploy.documents.rehearsal import ENVIRONMENTS, bring_up
from deploy.tests.double.run import missing, offline
from deploy.tests.double.tree import offline_copy

DOCS = TERRAFORM.parents[1] / "docs" / "aws"


def pages(known: Blocks) -> dict[Path, str]:
    """{path: what it should say} of every page that has something generated."""
    wanted = {path: filled(path.read_text(encoding="utf-8"), known) for path in sorted(DOCS.glob("*.md"))}
    return wanted | {folder / "README.md": reference.readme(folder) for folder in reference.folders(TERRAFORM)}


def stale(known: Blocks) -> dict[Path, str]:
    """Of these the pages that say something else."""
    return {path: text for path, text in pages(known).items() if path.read_text(encoding="utf-8") != text}


def main() -> None:
    """Draw all documents anew; exits with the reason where that cannot be done."""
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    if reason := missing():
        sys.exit(f"The documents are drawn from plans, and {reason}.")
    with tempfile.TemporaryDirectory() as place:
        tree = offline_copy(Path(place))
        with offline(tree) as terraform:
            shown = {}
            for name in ENVIRONMENTS:
                print(f"planning {name} on the double", flush=True)
                shown[name] = bring_up(terraform, tree, name)
            known = blocks(terraform, tree, shown)
    for path, text in stale(known).items():
        path.write_text(text, encoding="utf-8")
        print(f"written: {path.relative_to(TERRAFORM.parents[1])}")


if __name__ == "__main__":
    main()
