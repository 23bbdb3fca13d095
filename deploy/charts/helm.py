"""Renders the chart with helm: one service in one environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy" / "charts" / "service"
ENVIRONMENTS = ROOT / "deploy" / "environments"
OWN = ROOT / ".venv" / "kubernetes" / "helm"
# The versions of Kubernetes that the charts are for.
VERSIONS = ("1.35", "1.36", "1.37")

Objects = list[dict[str, Any]]


class _Loader(yaml.CSafeLoader):
    """Reads `=`, which the Prometheus operator's definitions have, as the text that it is."""


_Loader.yaml_implicit_resolvers = {
    first: how for first, how in yaml.CSafeLoader.yaml_implicit_resolvers.items() if first != "="
}


class HelmError(RuntimeError):
    """Helm refused; the message is helm's."""


def program() -> str | None:
    """The path of helm: that of the tests, or one on the PATH; None if there is none that runs here."""
    for found in (str(OWN), shutil.which("helm")):
        if found and os.access(found, os.X_OK):
            try:
                subprocess.run([found, "version"], check=True, capture_output=True)
            except (OSError, subprocess.CalledProcessError):
                continue
            return found
    return None


def render(
    files: Sequence[Path],
    *,
    release: str,
    chart: Path = CHART,
    values: Sequence[str] = (),
    contents: Mapping[str, Path] | None = None,
    over: Mapping[str, Any] | None = None,
    namespace: str = "mercat",
) -> Objects:
    """The objects that `helm upgrade --install` of the chart would send.

    `over` are values over those of the files; `values` are as --set takes them, over these; `contents` are values that
    are the content of a file.

    Raises:
        HelmError: the values are wrong, or helm is missing.
    """
    command = ["template", release, str(chart), "--namespace", namespace, "--kube-version", VERSIONS[-1]]
    # Of the kinds that a cluster serves, helm knows none by itself; Traefik's chart asks for this one.
    command += ["--api-versions", "policy/v1/PodDisruptionBudget"]
    command += [word for file in (*files, "-") for word in ("--values", str(file))]
    command += [word for value in values for word in ("--set", value)]
    command += [word for name, file in (contents or {}).items() for word in ("--set-file", f"{name}={file}")]
    return [each for each in yaml.load_all(run(*command, given=json.dumps(over or {})), _Loader) if each]


def run(*words: str, given: str = "") -> str:
    """What helm prints.

    Raises:
        HelmError: it refused, or it is missing.
    """
    helm = program()
    if helm is None:
        raise HelmError("helm is not installed: make test-charts installs it on Linux, or put helm 4 on the PATH")
    done = subprocess.run([helm, *words], input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise HelmError(done.stderr.strip())
    return done.stdout
