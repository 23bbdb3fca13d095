"""Faults written into a copy of the chart are found: each by its own check, which is thereby seen to work."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deploy.charts import helm
from deploy.charts.policies import complaints
from deploy.charts.tests.releases import DIGEST, ENVIRONMENTS, SERVICES
from deploy.charts.validation import invalid

ORDERS = next(path for path in SERVICES if path.parent.name == "orders")
PRODUCTION = next(path for path in ENVIRONMENTS if path.stem == "production")
# Template, what stands there, what is written instead, and a part of the line that must be said of it.
FAULTS = [
    ("_helpers.tpl", "runAsNonRoot: true", "runAsNonRoot: false", "may run as root"),
    ("_helpers.tpl", "seccompProfile: {type: RuntimeDefault}", "", "no seccomp profile"),
    ("_helpers.tpl", "allowPrivilegeEscalation: false", "", "may gain rights"),
    ("_helpers.tpl", "readOnlyRootFilesystem: true", "", "can be written"),
    ("_helpers.tpl", "drop: [ALL]", "drop: [NET_RAW]", "keeps capabilities"),
    ("_helpers.tpl", "@{{ .Values.image.digest }}", ":latest", "no digest"),
    ("deployment.yaml", "      automountServiceAccountToken: false\n", "", "token of the Kubernetes API"),
    ("deployment.yaml", "  revisionHistoryLimit: 3", "  replicas: 3", "sets replicas"),
    ("deployment.yaml", "maxUnavailable: 0", "maxUnavailable: 1", "takes replicas away"),
    ("deployment.yaml", "{{ .Values.pre_stop_seconds }}", "0", "stops serving after 0 s"),
    ("deployment.yaml", "{{ .Values.grace_seconds }}", "30", "killed before"),
    (
        "deployment.yaml",
        "httpGet: {path: /health/live, port: http}\n            periodSeconds: 10",
        "httpGet: {path: /health/ready, port: http}\n            periodSeconds: 10",
        "the probes ask",
    ),
    ("deployment.yaml", '"topology.kubernetes.io/zone" ', "", "one zone"),
    ("deployment.yaml", "limits: {memory:", "limits: {cpu: 1, memory:", "none of CPU"),
    ("deployment.yaml", "requests: {cpu: {{ .Values.resources.cpu }}, ", "requests: {", "requests no CPU"),
    (
        "deployment.yaml",
        "secretName: {{ .Values.name }}",
        "secretName: {{ .Values.name }}-migration",
        "known to the service",
    ),
    ("deployment.yaml", "containerPort: 8000}", "containerPort: http}", "Deployment orders"),
    ("scaling.yaml", "maxUnavailable: 1", "maxUnavailable: 0", "block the drain"),
    ("scaling.yaml", "  behavior:", "  behaviour:", "HorizontalPodAutoscaler orders"),
    ("scaling.yaml", "name: memory, target", "name: disk, target", "CPU and memory"),
    (
        "migration.yaml",
        'helm.sh/hook: "pre-install,pre-upgrade"',
        'helm.sh/hook: "post-upgrade"',
        "before the new pods",
    ),
    ("service.yaml", "targetPort: http", "targetPort: web", "none of the pod's"),
    ("service.yaml", '{{- include "service.selector" . | nindent 4 }}', "{app: orders}", "selects no pod"),
    (
        "routes.yaml",
        "name: {{ $.Values.name }}, port: 80}",
        "name: {{ $.Values.name }}s, port: 80}",
        "which is not there",
    ),
    ("routes.yaml", "value: {{ $path }}}", "value: {{ $path }}, prefix: x}", "HTTPRoute orders"),
    ("monitoring.yaml", "kind: ServiceMonitor", "kind: ServiceWatch", "there is no schema"),
]


@pytest.mark.parametrize(("template", "old", "new", "said"), FAULTS, ids=[fault[3] for fault in FAULTS])
def test_a_seeded_fault_is_found(template: str, old: str, new: str, said: str, tmp_path: Path) -> None:
    chart = tmp_path / "service"
    shutil.copytree(helm.CHART, chart)
    file = chart / "templates" / template
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    objects = helm.render((ORDERS, PRODUCTION), release="orders", chart=chart, values=[DIGEST])
    assert any(said in line for line in invalid(objects) + complaints(objects))
