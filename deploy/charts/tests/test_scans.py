"""checkov and trivy find nothing in what the chart renders but what accepted_findings.yaml gives a reason for."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from chassis.testing.skipping import skip_without
from deploy.charts import helm
from deploy.charts.tests.releases import ENVIRONMENTS, SERVICES, SWITCHES, release

CHECKOV = helm.ROOT / ".venv" / "checkov" / "bin" / "checkov"
TRIVY = helm.OWN.parent / "trivy"
ACCEPTED = yaml.safe_load((helm.ROOT / "deploy" / "charts" / "accepted_findings.yaml").read_text(encoding="utf-8"))
SEEDED = """
apiVersion: v1
kind: Pod
metadata: {name: seeded, namespace: mercat}
spec:
  hostNetwork: true
  containers: [{name: seeded, image: nginx:latest, securityContext: {privileged: true}}]
"""
Findings = set[tuple[str, str]]
"""Pairs of a check's name and the kind of the object that it complains about."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for each object: every service in production, orders with plain secrets and with an Ingress, the fault."""
    found = tmp_path_factory.mktemp("rendered")
    places = {path.stem: path for path in ENVIRONMENTS}
    orders = next(path for path in SERVICES if path.parent.name == "orders")
    releases: list[tuple[Path, Path, tuple[str, ...]]] = [(path, places["production"], ()) for path in SERVICES]
    releases += [(orders, places["cluster"], ()), (orders, places["production"], SWITCHES["ingress"])]
    for number, (service, environment, switches) in enumerate(releases):
        for each in release(service, environment, *switches):
            metadata = {**each["metadata"], "namespace": "mercat"}  # as helm does when it installs
            file = found / f"{each['kind']}-{metadata['name']}-{number}.yaml"
            file.write_text(yaml.safe_dump({**each, "metadata": metadata}), encoding="utf-8")
    (found / "Pod-seeded.yaml").write_text(SEEDED, encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def by_checkov(folder: Path) -> Findings:
    if not CHECKOV.is_file():
        skip_without("checkov", "`make test-charts` installs it in .venv/checkov")
    command = [str(CHECKOV), "--directory", str(folder), "--framework", "kubernetes", "--skip-download"]
    report = json.loads(_run([*command, "--compact", "--quiet", "--output", "json"]))
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["resource_count"] > 50
    return {(one["check_id"], _kind(one["file_path"])) for one in report["results"]["failed_checks"]}


@pytest.fixture(scope="module")
def by_trivy(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Findings:
    try:
        subprocess.run([str(TRIVY), "--version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        skip_without(
            "trivy", "there is none in .venv/kubernetes that runs here: `make test-charts` installs one for Linux"
        )
    cache = str(tmp_path_factory.mktemp("trivy"))
    command = [str(TRIVY), "config", "--skip-check-update", "--quiet", "--cache-dir", cache]
    results = json.loads(_run([*command, "--format", "json", str(folder)]))["Results"]
    assert sum(one["MisconfSummary"]["Successes"] for one in results) > 1_000
    return {(found["ID"], _kind(one["Target"])) for one in results for found in one.get("Misconfigurations", [])}


def test_both_scanners_see_a_privileged_pod(by_checkov: Findings, by_trivy: Findings) -> None:
    assert {("CKV_K8S_16", "Pod"), ("CKV_K8S_19", "Pod"), ("CKV_K8S_14", "Pod")} <= by_checkov
    assert {("KSV017", "Pod"), ("KSV009", "Pod"), ("KSV013", "Pod")} <= by_trivy


def test_there_is_no_finding_without_a_reason_and_no_reason_without_a_finding(
    by_checkov: Findings, by_trivy: Findings
) -> None:
    found = {(check, kind) for check, kind in by_checkov | by_trivy if kind != "Pod"}
    assert found == {(check, kind) for check, accepted in ACCEPTED.items() for kind in accepted["kinds"]}


@pytest.mark.parametrize("accepted", ACCEPTED.values(), ids=list(ACCEPTED))
def test_a_reason_is_a_sentence(accepted: Mapping[str, str]) -> None:
    assert len(accepted["reason"]) > 60


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr[-2000:]
    return done.stdout


def _kind(path: str) -> str:
    return Path(path).name.partition("-")[0]
