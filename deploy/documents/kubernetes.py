"""`python -m deploy.documents.kubernetes --write`: the generated parts of docs/kubernetes, drawn from the charts."""

from __future__ import annotations

import sys
import tempfile
from functools import cache
from pathlib import Path

import yaml

from deploy import service_secrets
from deploy.charts import helm
from deploy.documents.blocks import Blocks, filled
from deploy.documents.running import running
from deploy.recovery import held, rendered

PAGES = tuple(helm.ROOT / "docs" / "kubernetes" / name for name in ("README.md", "recovery.md"))
DIGEST = f"sha256:{'0' * 64}"
# A cluster of three nodes with a bucket: the whole picture.
_WHOLE = {"data": {"instances": 3}, "backup": {"bucket": "backups"}}
_KEYS = {"backup_access_key": "-", "backup_secret_key": "-"}


@cache
def whole_cluster() -> helm.Objects:
    """The objects of the environment `cluster` with three instances of PostgreSQL and a bucket.

    Raises:
        HelmError: helm is missing.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        service_secrets.write(folder, {})
        more = folder / "more.yaml"
        more.write_text(yaml.safe_dump({**_WHOLE, "secrets": {"files": {"data": _KEYS}}}), encoding="utf-8")
        return rendered.objects("cluster", {}, DIGEST, (folder / "values.yaml", more))


def blocks(objects: helm.Objects) -> Blocks:
    """{name: Markdown}."""
    return {"running": f"```mermaid\n{running(objects)}\n```", "kept": kept()}


def kept() -> str:
    """The table of what controllers make, and who holds it."""
    decided = held.decisions()
    rows = {**decided["made"], "helm's record of a release": decided["release"]}
    rows |= {
        f"{component}/{name}": row for component, made in decided["components"].items() for name, row in made.items()
    }
    lines = ["| made by / what | held by | why |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| `{name}` | {row['by']} | {row['why']} |" for name, row in rows.items())])


def stale() -> dict[Path, str]:
    """{page: what it should say} of each page that says something else."""
    known = blocks(whole_cluster())
    wanted = {page: filled(page.read_text(encoding="utf-8"), known) for page in PAGES}
    return {page: text for page, text in wanted.items() if page.read_text(encoding="utf-8") != text}


def main() -> None:
    """Draw them anew."""
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    for page, text in stale().items():
        page.write_text(text, encoding="utf-8")
        print(f"written: {page.relative_to(helm.ROOT)}")


if __name__ == "__main__":
    main()
