"""Every object of an environment that this repository renders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.charts import helm
from deploy.release import planned
from deploy.release.environment import Environment

# They are fetched when they are installed: which they are is the same to what is rendered.
_CA = "-----BEGIN CERTIFICATE-----\n"


def objects(environment: str, handover: Mapping[str, Any], digest: str, more: Sequence[Path] = ()) -> helm.Objects:
    """Those of all releases that `make deploy` installs from charts of the project, each with its namespace.

    `more` are values files that are not in git. The charts of others are not in it: they are installed by version.

    Raises:
        HelmError: a value is wrong, or helm is missing.
    """
    found: helm.Objects = []
    for release in planned.releases(Environment(environment, handover, tuple(more), digest), database_ca=_CA):
        if isinstance(release.chart, Path):
            rendered = helm.render(
                release.files,
                release=release.name,
                chart=release.chart,
                over=release.values,
                namespace=release.namespace,
            )
            found += [{**each, "metadata": {"namespace": release.namespace, **each["metadata"]}} for each in rendered]
    return found
