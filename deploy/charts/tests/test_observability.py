"""What watches a cluster: valid in every environment, complete, and closed but for the ways that are needed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.charts import helm, network, policies
from deploy.charts.network import Pod
from deploy.charts.policies import of_kind
from deploy.charts.tests.releases import DIGEST
from deploy.charts.validation import invalid
from deploy.platform import alerting
from deploy.platform.releases import releases
from deploy.platform.render import HANDOVERS, handover, values
from deploy.platform.settings import settings
from deploy.recovery.rendered import objects as everything

ROOT = helm.ROOT / "deploy" / "observability"
ON_AWS = [name for name in HANDOVERS if handover(name)]
SERVICES = ("catalog", "identity", "orders", "payments", "shop")
GIVEN = {
    **{name: {"database_auditor_url": f"postgresql://{name}_auditor:p-{name}@h:5432/{name}"} for name in SERVICES},
    "data": {"valkey_monitor_password": "p-valkey"},
    "grafana": {"admin_password": "p-grafana"},
    "alertmanager": {"smtp_smarthost": "mail.example:25", "mail_to": "ops@shop.example"},
}
CONFIGMAP_BYTES = 1024 * 1024

pytestmark = pytest.mark.usefixtures("needs_helm")


@cache
def rendered(environment: str) -> helm.Objects:
    (release,) = [each for each in releases(environment, handover(environment)) if each.name == "observability"]
    assert isinstance(release.chart, Path)
    over = {**release.values, **({} if handover(environment) else {"secrets": {"files": GIVEN}})}
    found = helm.render(release.files, release="observability", chart=release.chart, over=over, namespace="monitoring")
    return [{**each, "metadata": {"namespace": "monitoring", **each["metadata"]}} for each in found]


def named(objects: helm.Objects, kind: str, name: str) -> dict[str, Any]:
    (found,) = [each for each in of_kind(objects, kind) if each["metadata"]["name"] == name]
    return found


@pytest.mark.parametrize("environment", HANDOVERS)
def test_every_object_is_valid_and_small_enough(environment: str) -> None:
    objects = rendered(environment)
    assert invalid(objects) == []
    for each in of_kind(objects, "ConfigMap"):
        assert sum(map(len, each["data"].values())) < CONFIGMAP_BYTES


def test_the_rules_of_the_laptop_are_those_of_the_cluster() -> None:
    made = {each["metadata"]["name"]: each["spec"] for each in of_kind(rendered("production"), "PrometheusRule")}
    files = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in ROOT.glob("rules/*.yaml")}
    assert len(files) > 3
    assert made == {**files, "budget": made["budget"]}
    (rule,) = made["budget"]["groups"][0]["rules"]
    assert (rule["record"], rule["expr"]) == ("cost:budget:usd", f"vector({handover('production')['monthly_usd']})")


def test_each_dashboard_is_loaded_as_it_is() -> None:
    files = {path.name: path.read_text(encoding="utf-8").strip() for path in ROOT.glob("dashboards/*.json")}
    found = [
        each
        for each in of_kind(rendered("production"), "ConfigMap")
        if "grafana_dashboard" in each["metadata"]["labels"]
    ]
    assert len(files) > 5
    assert {name: text.strip() for each in found for name, text in each["data"].items()} == files
    (grafana,) = [each for each in releases("production", handover("production")) if each.name == "grafana"]
    sidecar = values(grafana)["sidecar"]["dashboards"]
    assert {(each["metadata"]["labels"][sidecar["label"]], each["metadata"]["namespace"]) for each in found} == {
        (sidecar["labelValue"], sidecar["searchNamespace"])
    }


@pytest.mark.parametrize("environment", HANDOVERS)
def test_alertmanager_gets_its_template_and_reads_its_secrets_from_files(environment: str) -> None:
    objects, own = rendered(environment), settings(environment, handover(environment))
    wanted = alerting.values(own)["alerting"]["configuration"]
    if handover(environment):
        data = named(objects, "ExternalSecret", "alertmanager")["spec"]["target"]["template"]["data"]
        text = re.sub(r"\{\{ \(\.settings \| fromJson\)\.(\w+) \}\}", r"@\1@", data["alertmanager.yaml"])
        assert text.replace('{{ "{{" }}', "{{") == wanted
        # What else is between braces is external-secrets' to fill in.
        assert "{{" not in text.replace('{{ "{{" }}', "")
        files = set(data)
    else:
        data = named(objects, "Secret", "alertmanager")["stringData"]
        assert data["alertmanager.yaml"] == wanted.replace("@smtp_smarthost@", "mail.example:25").replace(
            "@mail_to@", "ops@shop.example"
        )
        files = set(data)
    named_files = set(re.findall(r"/etc/alertmanager/secrets/alertmanager/(\w+)", wanted))
    assert named_files <= files
    assert named_files == ({"slack_api_url", "smtp_password", "dead_man_url"} if handover(environment) else set())
    (stack,) = [each for each in releases(environment, handover(environment)) if each.name == "kube-prometheus-stack"]
    spec = values(stack)["alertmanager"]["alertmanagerSpec"]
    assert (spec["configSecret"], spec["secrets"], spec["configMaps"]) == (
        "alertmanager",
        ["alertmanager"],
        ["alertmanager-texts"],
    )


def test_the_exporter_of_postgresql_has_a_role_for_each_database_that_it_is_asked_for() -> None:
    text = named(rendered("cluster"), "Secret", "prometheus-postgres-exporter")["stringData"]["postgres_exporter.yml"]
    modules = yaml.safe_load(text)["auth_modules"]
    assert {name: module["userpass"] for name, module in modules.items()} == {
        name: {"username": f"{name}_auditor", "password": f"p-{name}"} for name in SERVICES
    }
    for environment, host in (
        ("cluster", "database-rw.data.svc"),
        ("production", handover("production")["database_host"]),
    ):
        monitor = named(rendered(environment), "PodMonitor", "postgres")["spec"]["podMetricsEndpoints"]
        assert [each["params"] for each in monitor] == [
            {"target": [f"{host}:5432/{name}"], "auth_module": [name]} for name in SERVICES
        ]


def test_each_series_gets_the_job_that_rules_and_dashboards_ask_for() -> None:
    jobs = {
        each["metadata"]["name"]: rule["replacement"]
        for each in of_kind(rendered("production"), "PodMonitor")
        for endpoint in each["spec"]["podMetricsEndpoints"]
        for rule in endpoint["relabelings"]
        if rule.get("targetLabel") == "job"
    }
    assert jobs == {name: name for name in jobs}
    asked = set()
    for path in ROOT.glob("rules/*.yaml"):
        asked |= set(re.findall(r'\bjob="([a-z-]+)"', path.read_text(encoding="utf-8")))
    # Of the stack itself, of the services' charts, of Probes; and a laptop's alone.
    elsewhere = {"services", "blackbox", "kube-state-metrics", "kubelet", "logs", "mercat"}
    assert asked <= set(jobs) | elsewhere


def test_who_may_talk_in_the_namespace() -> None:
    found = of_kind(rendered("production"), "NetworkPolicy")

    def pod(name: str) -> Pod:
        return ("monitoring", {"app.kubernetes.io/name": name})

    prometheus, alertmanager, grafana = pod("prometheus"), pod("alertmanager"), pod("grafana")
    stranger, shopper = ("mercat", {"app.kubernetes.io/name": "orders"}), pod("stranger")
    dns: Pod = ("kube-system", {"k8s-app": "kube-dns"})
    for target, port in ((grafana, 3000), (pod("prometheus-postgres-exporter"), 9187), (alertmanager, 9093)):
        assert network.allowed(found, prometheus, target, port)
    for source, port in ((grafana, 9090), (pod("opencost"), 9090)):
        assert network.allowed(found, source, prometheus, port)
    assert network.allowed(found, alertmanager, alertmanager, 9094)
    for source in (stranger, shopper, pod("prometheus-blackbox-exporter")):
        for target, port in ((prometheus, 9090), (alertmanager, 9093), (grafana, 3000)):
            assert not network.allowed(found, source, target, port), source
    for source in (prometheus, grafana, shopper):
        assert network.allowed(found, source, dns, 53, protocol="UDP")
        assert not network.reaches(found, source, "0.0.0.0/0", 443)
    for source in (
        alertmanager,
        pod("prometheus-blackbox-exporter"),
        pod("prometheus-yet-another-cloudwatch-exporter"),
    ):
        assert network.reaches(found, source, "0.0.0.0/0", 443)
    assert network.reaches(found, pod("prometheus-postgres-exporter"), handover("production")["vpc_cidr"], 5432)
    assert not network.reaches(found, pod("prometheus-redis-exporter"), handover("production")["vpc_cidr"], 5432)


def test_in_a_cluster_with_its_data_the_exporters_reach_it_and_others_of_the_namespace_do_not() -> None:
    data = helm.render(
        (helm.ENVIRONMENTS / "cluster.yaml", helm.ROOT / "deploy/platform/values/data.yaml"),
        release="data",
        chart=helm.CHART.parent / "data",
        namespace="data",
        over={
            "secrets": {
                "files": {
                    "data": dict.fromkeys(("administrator_password", "valkey_password", "valkey_monitor_password"), "p")
                }
            }
        },
    )
    both = rendered("cluster") + [{**each, "metadata": {"namespace": "data", **each["metadata"]}} for each in data]
    found = of_kind(both, "NetworkPolicy")
    database: Pod = ("data", {"cnpg.io/cluster": "database"})
    valkey: Pod = ("data", {"app.kubernetes.io/name": "valkey"})
    exporters = {
        name: ("monitoring", {"app.kubernetes.io/name": f"prometheus-{name}-exporter"})
        for name in ("postgres", "redis")
    }
    assert network.allowed(found, exporters["postgres"], database, 5432)
    assert network.allowed(found, exporters["redis"], valkey, 6379)
    assert not network.allowed(found, exporters["redis"], database, 5432)
    assert not network.allowed(found, exporters["postgres"], valkey, 6379)
    assert not network.allowed(found, ("monitoring", {"app.kubernetes.io/name": "grafana"}), database, 5432)


@pytest.mark.parametrize("environment", ON_AWS)
def test_the_synthetic_shopper_is_admitted_and_pays_in_staging_alone(environment: str) -> None:
    objects = [
        each
        for each in everything(environment, handover(environment), DIGEST.removeprefix("image.digest="))
        if each["metadata"]["name"] == "probe"
    ]
    assert {each["kind"] for each in objects} == {"Deployment", "ExternalSecret", "NetworkPolicy", "PodMonitor"}
    ours = [each for each in objects if each["metadata"]["namespace"] == "mercat"]
    assert invalid(ours) == []
    assert list(policies.pods(ours)) == []
    (deployment,) = of_kind(ours, "Deployment")
    words = policies.pod_of(deployment)["containers"][0]["command"][3:]
    assert words == [
        f"https://{handover(environment)['domain']}",
        "--every",
        "300",
        *["--pay"] * (environment == "staging"),
    ]
    found = of_kind(ours, "NetworkPolicy")
    probe: Pod = ("mercat", deployment["spec"]["template"]["metadata"]["labels"])
    assert network.allowed(found, ("monitoring", {"app.kubernetes.io/name": "prometheus"}), probe, 8000)
    assert not network.allowed(found, probe, ("mercat", {"app.kubernetes.io/name": "orders"}), 8000)
    assert network.reaches(found, probe, "0.0.0.0/0", 443)


@pytest.mark.parametrize(
    ("environment", "over", "said"),
    [
        ("production", {"probe": {"pay": True}}, "probe.pay is for Stripe's test mode"),
        ("cluster", {}, "the synthetic shopper asks by the shop's public name"),
        ("production", {"probe": {"seconds": 5}}, "/probe/seconds"),
    ],
)
def test_a_synthetic_shopper_that_would_do_harm_is_refused(environment: str, over: dict[str, Any], said: str) -> None:
    file = helm.ENVIRONMENTS / f"{environment}.yaml"
    with pytest.raises(helm.HelmError) as refusal:
        helm.render((file,), release="probe", chart=helm.CHART.parent / "probe", values=(DIGEST,), over=over)
    assert said in str(refusal.value)
