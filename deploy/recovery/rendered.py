"""Every object of an environment that this repository renders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.charts import helm
from deploy.charts.manifests import manifests
from deploy.platform.releases import releases


def objects(environment: str, handover: Mapping[str, Any], digest: str, more: Sequence[Path] = ()) -> helm.Objects:
    """Those of the services, the edge, the roles and the project's own charts of the platform, each with its namespace.

    `more` are values files that are not in git. The charts of others are not in it: they are installed by version.

    Raises:
        HelmError: a value is wrong, or helm is missing.
    """
    own = manifests(helm.ENVIRONMENTS / f"{environment}.yaml", digest, more)
    found = [each for _, objects in own for each in objects]
    for release in releases(environment, handover, more=more):
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
