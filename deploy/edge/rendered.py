"""The objects of an environment as helm renders them: those of the edge, and those of each service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from deploy.charts import helm
from mercat.edge import error_page, rules

CHART = Path(__file__).resolve().parent / "chart"
NAMESPACE = "mercat"
CLUSTER_WIDE = {"GatewayClass", "Namespace"}


def edge(environment: Path, values: Sequence[str] = (), more: Sequence[Path] = ()) -> helm.Objects:
    """The objects of deploy/edge/chart; `more` are values files after that of the environment."""
    code = {"error_page": Path(error_page.__file__)}
    files = (rules.PATH, environment, *more)
    return _namespaced(helm.render(files, release="edge", chart=CHART, values=values, contents=code))


def service(path: Path, environment: Path, values: Sequence[str] = (), more: Sequence[Path] = ()) -> helm.Objects:
    """The objects of the service whose service.yaml is at `path`."""
    return _namespaced(helm.render((path, environment, *more), release=path.parent.name, values=values))


def _namespaced(objects: helm.Objects) -> helm.Objects:
    """The objects with the namespace into which helm would install them."""
    for each in objects:
        if each["kind"] not in CLUSTER_WIDE:
            each["metadata"].setdefault("namespace", NAMESPACE)
    return objects
