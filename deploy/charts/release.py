"""What is installed in a cluster as one release of helm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Release:
    """One release: a name, a chart, where it goes, and its values.

    `chart` is a folder of this repository, or the address of a chart (oci://..., or https://... of a repository that
    has a chart of `name`) with its `version`. `files` are values files, `values` go over them. Releases of a lower wave
    are healthy before those of the next begin; those of one wave do not need each other. `unless` is a group of APIs: a
    cluster that serves it already, and not by this release, has its own and does not get it.
    """

    name: str
    chart: str | Path
    namespace: str
    wave: int
    version: str | None = None
    files: tuple[Path, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    unless: str | None = None
