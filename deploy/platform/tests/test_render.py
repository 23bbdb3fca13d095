"""Rendering a chart of others finds what is wrong: shown with a small chart that has each fault."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from deploy.charts import helm
from deploy.charts.validation import invalid
from deploy.platform.checks import complaints, quantity
from deploy.platform.render import KNOWN, main, unknown

REGISTRY = "registry.example"
COMPONENT = {
    "nodes": "system",
    "service_account": "small",
    "replicas": 2,
    "requests": {"cpu": 100, "memory": 64},
}
SOUND = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "small"},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"a": "b"}},
        "template": {
            "metadata": {"labels": {"a": "b"}},
            "spec": {
                "serviceAccountName": "small",
                "tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}],
                "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
                "containers": [
                    {
                        "name": "small",
                        "image": f"{REGISTRY}/small@sha256:{'a' * 64}",
                        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
                    }
                ],
            },
        },
    },
}


def said(text: str) -> list[str]:
    return list(complaints(COMPONENT, [yaml.safe_load(text)], REGISTRY, restricted=True))


def test_a_sound_chart_gives_no_complaint() -> None:
    assert invalid([SOUND]) == []
    assert said(yaml.safe_dump(SOUND)) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (REGISTRY, "elsewhere.example", "is not from registry.example"),
        ("limits:\n            memory", "limits:\n            cpu", "no requests or no limit of memory"),
        ("cpu: 100m", "cpu: 200m", "components.yaml says"),
        ("replicas: 2", "replicas: 1", "components.yaml says"),
        ("serviceAccountName: small", "serviceAccountName: other", "no pod has the service account small"),
        ("CriticalAddonsOnly", "Other", "cannot run on the system nodes"),
        ("runAsNonRoot: true", "runAsNonRoot: false", "may run as root"),
        ("RuntimeDefault", "Unconfined", "has no seccomp profile"),
        ("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "may gain rights"),
        ("serviceAccountName", "hostNetwork: true\n      serviceAccountName", "shares the network"),
        ("selector:", "selectors:", "Deployment small, Kubernetes 1.37"),
    ],
)
def test_a_seeded_fault_is_found(old: str, new: str, line: str) -> None:
    text = yaml.safe_dump(SOUND)
    assert old in text
    assert any(line in each for each in said(text.replace(old, new, 1)))


def test_a_value_that_a_chart_does_not_have_is_named_and_one_in_its_comments_is_known() -> None:
    text = "image: {tag: v1}\nlabels: {}\n# replicas: 3\n"
    ours = {"image": {"tag": "v2", "digests": "x"}, "labels": {"any": "y"}, "replicas": 2, "replica": 2}
    assert list(unknown(ours, yaml.safe_load(text), text)) == ["image.digests", "replica"]


def test_quantities_are_millicores_and_mebibytes() -> None:
    assert [quantity(text) for text in ("250m", "2", "64Mi", "1.5Gi")] == [250, 2000, 64, 1536]


@pytest.fixture
def charts(needs_helm: None, tmp_path: Path) -> Path:
    """A folder with one chart, under the name of metrics-server."""
    chart = tmp_path / "metrics-server"
    shutil.copytree(helm.CHART.parent / "platform", chart)
    (chart / "values.schema.json").unlink()
    return tmp_path


def test_the_command_names_what_is_wrong_and_what_is_not_there_and_notes_nothing_then(charts: Path) -> None:
    before = KNOWN.read_bytes()
    lines = main(charts, write=True)
    assert "cluster: metrics-server: the chart has no value args" in lines
    assert f"not rendered, as it is not in {charts}: traefik" in lines
    assert KNOWN.read_bytes() == before
