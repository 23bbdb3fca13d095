"""Renders the charts of others with our values, and says what is wrong with the result.

`python -m deploy.platform.render FOLDER [--write]` takes the charts from FOLDER/<component>, unpacked, or
FOLDER/<component>-<version>.tgz (`helm pull`), looks at them in every environment by the samples in handovers/, and
prints what is wrong and which charts it did not find; then it ends with 1. Where nothing is, --write notes in
known_values.yaml which of our values the charts have, which a test compares with our files.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.charts import helm
from deploy.charts.release import Release
from deploy.platform.checks import complaints
from deploy.platform.releases import HERE, components, releases
from deploy.platform.settings import merged

KNOWN = HERE / "known_values.yaml"
# The sample that stands for an environment; none: there is no AWS.
HANDOVERS = {"development": "development", "staging": "production", "production": "production", "cluster": ""}
_FREE = {"spec", "podSecurityContext", "grafana.ini", "modules"}
# Namespaces whose pods may be more than "restricted" allows: values/platform-base.yaml, and Kubernetes' own.
_FREER = {"kube-system", "velero", "node-agents"}


def handover(environment: str) -> dict[str, Any]:
    """A sample of what Terraform writes for the environment."""
    if not HANDOVERS[environment]:
        return {}
    sample = (HERE / "handovers" / f"{HANDOVERS[environment]}.json").read_text(encoding="utf-8")
    return {**json.loads(sample), "environment": environment}


def of_others() -> Iterator[tuple[str, Release]]:
    """Every release of a chart that is not ours, with its environment."""
    for environment in HANDOVERS:
        for release in releases(environment, handover(environment)):
            if not isinstance(release.chart, Path):
                yield environment, release


def values(release: Release) -> dict[str, Any]:
    """All that the chart gets."""
    found: dict[str, Any] = {}
    for file in release.files:
        found = merged(found, yaml.safe_load(file.read_text(encoding="utf-8")))
    return merged(found, release.values)


def paths(tree: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """The names of values, as --set writes them; a list is one value."""
    for key, value in tree.items():
        name = f"{before}{key.replace('.', chr(92) + '.')}"
        yield from paths(value, f"{name}.") if isinstance(value, Mapping) and value else [name]


def unknown(ours: Mapping[str, Any], chart: Any, text: str, before: str = "") -> Iterator[str]:
    """The names of our values that a chart's values.yaml has not: neither in what it sets, nor in its comments.

    What is empty there, a specification of Kubernetes or another program's file takes any.
    """
    for key, value in ours.items():
        below = chart.get(key) if isinstance(chart, Mapping) else None
        if below is None and f"{key}:" not in text:
            yield before + key
        elif isinstance(value, Mapping) and below != {} and key not in _FREE:
            yield from unknown(value, below, text, f"{before}{key}.")


def main(folder: Path, *, write: bool = False) -> list[str]:
    """A line for all that is wrong, and for each chart that is not in the folder.

    Raises:
        HelmError: a chart refuses its values.
    """
    lines, missing = [], set()
    known: dict[str, dict[str, Any]] = {}
    for environment, release in of_others():
        places = [folder / release.name, folder / f"{release.name}-{release.version}.tgz"]
        chart = next((path for path in places if path.exists()), None)
        if chart is None:
            missing.add(release.name)
            continue
        lines += [f"{environment}: {release.name}: {line}" for line in _wrong(environment, release, chart)]
        noted = known.setdefault(release.name, {"version": release.version, "values": []})
        noted["values"] = sorted({*noted["values"], *paths(values(release))})
    lines += [f"not rendered, as it is not in {folder}: {name}" for name in sorted(missing)]
    if write and not lines:
        KNOWN.write_text("# Written by deploy/platform/render.py.\n" + yaml.safe_dump(known), encoding="utf-8")
    return lines


def _wrong(environment: str, release: Release, chart: Path) -> Iterator[str]:
    text = helm.run("show", "values", str(chart))
    yield from (f"the chart has no value {name}" for name in unknown(values(release), yaml.safe_load(text), text))
    registry = handover(environment).get("registry", "")
    objects = helm.render(
        release.files, release=release.name, chart=chart, over=release.values, namespace=release.namespace
    )
    restricted = release.namespace not in _FREER
    exact = environment == "production" or "production" not in components()[release.name].get("only", ["production"])
    yield from complaints(components()[release.name], objects, registry, restricted=restricted, exact=exact)


if __name__ == "__main__":
    wrong = main(Path(sys.argv[1]), write="--write" in sys.argv)
    print("\n".join(wrong) or "nothing is wrong")
    sys.exit(bool(wrong))
