"""The chart of logs: valid, within the policies, bounded, and who may talk to whom."""

from __future__ import annotations

import json
import shlex
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.charts import helm, network, policies
from deploy.charts.tests.data import one
from deploy.charts.tests.releases import ENVIRONMENTS
from deploy.charts.validation import invalid
from deploy.observability.logs.tests.checks import paid
from deploy.platform.settings import merged

CHART = helm.CHART.parent / "logs"
ON = {"logs": {"kind": "elasticsearch"}}
VALUES: dict[str, Any] = {
    "version": "9.6.0",
    "images": {
        name: f"registry/{name}:9.6.0@sha256:{'a' * 64}"
        for name in ("elasticsearch", "kibana", "logstash", "filebeat", "exporter")
    },
    "archive": {"bucket": "snapshots", "region": "eu-central-1"},
}
KEYS = ("writer_password", "exporter_password", "archive_access_key", "archive_secret_key")
PLAIN = {"secrets": {"files": {"logs": {name: f"of-{name}" for name in KEYS}}}}
STORE = {"archive": {"endpoint": "http://store.example:9000"}, "audit_path": "/var/log/kubernetes/audit/*.log"}
PRODUCTION = next(path for path in ENVIRONMENTS if path.stem == "production")
CLUSTER = next(path for path in ENVIRONMENTS if path.stem == "cluster")


def logs(*values: dict[str, Any], environment: Path = PRODUCTION) -> helm.Objects:
    over: dict[str, Any] = reduce(merged, (VALUES, *values), {})
    objects = helm.render([environment], release="logs", chart=CHART, over=over, namespace="monitoring")
    for each in objects:
        each["metadata"].setdefault("namespace", "monitoring")
    return objects


def templates(objects: helm.Objects) -> dict[str, dict[str, Any]]:
    """The pods that the operator makes, by kind."""
    found = {each["kind"]: each["spec"] for each in objects if "elastic.co" in each["apiVersion"]}
    return {
        "Elasticsearch": found["Elasticsearch"]["nodeSets"][0]["podTemplate"],
        "Kibana": found["Kibana"]["podTemplate"],
        "Logstash": found["Logstash"]["podTemplate"],
        "Beat": found["Beat"]["daemonSet"]["podTemplate"],
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_the_objects_are_valid_and_free_of_charge(environment: Path):
    objects = logs(ON, PLAIN, STORE, environment=environment)
    assert invalid(objects) == []
    assert list(policies.pods(objects)) == []
    assert list(paid(objects)) == []
    assert "${" not in one(objects, "ConfigMap", "logs-setup")["data"]["elasticsearch.txt"]


def test_an_environment_without_them_has_nothing():
    assert logs(environment=CLUSTER) == []


def test_pods_of_the_operator_are_restricted_but_for_what_reads_the_nodes_files():
    for kind, template in templates(logs()).items():
        (container,) = template["spec"]["containers"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert {"requests", "limits"} == container["resources"].keys(), kind
        assert "cpu" not in container["resources"]["limits"]
        pod = template["spec"]
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        paths = [volume["hostPath"]["path"] for volume in pod.get("volumes", []) if "hostPath" in volume]
        if kind == "Beat":
            assert paths == ["/var/log"]
            assert container["volumeMounts"] == [{"name": "logs", "mountPath": "/var/log", "readOnly": True}]
        else:
            assert paths == []
            assert pod["securityContext"]["runAsNonRoot"] is True
            assert pod["automountServiceAccountToken"] is False


def test_what_waits_on_the_way_is_bounded():
    objects = logs()
    filebeat, logstash = one(objects, "Beat")["spec"], one(objects, "Logstash")["spec"]
    assert filebeat["config"]["queue.disk"] == {"max_size": "1GB"}
    assert logstash["config"]["queue.max_bytes"] == "1gb"
    assert logstash["config"]["dead_letter_queue.max_bytes"] == "256mb"
    assert logstash["config"]["dead_letter_queue.storage_policy"] == "drop_older"
    (volume,) = logstash["volumeClaimTemplates"]
    assert volume["spec"]["resources"]["requests"]["storage"] == "2Gi"


def test_logstash_gets_the_script_that_is_tested_and_starts_again_with_a_new_one():
    objects = logs()
    mounted = one(objects, "ConfigMap", "logs-pipeline")["data"]
    for name in ("redact.rb", "fields.json", "pipeline.conf"):
        # YAML's block ends with one line feed.
        assert mounted[name].strip() == (CHART / "files" / name).read_text(encoding="utf-8").strip()
    template = templates(objects)["Logstash"]
    (mount,) = template["spec"]["containers"][0]["volumeMounts"]
    for path in ("redact.rb", "fields.json"):
        assert f"{mount['mountPath']}/{path}" in mounted["pipeline.conf"]
    assert template["metadata"]["annotations"]["files"]


def test_ages_and_bucket_are_those_of_the_environment():
    requests = one(logs(), "ConfigMap", "logs-setup")["data"]["elasticsearch.txt"].splitlines()
    found = {line.split(" ")[1]: json.loads(line.split(" ", 2)[2]) for line in requests if line.count(" ") > 1}
    settings = yaml.safe_load(PRODUCTION.read_text(encoding="utf-8"))["logs"]["days"]
    for name, days in settings.items():
        assert found[f"_ilm/policy/mercat-{name}"]["policy"]["phases"]["delete"]["min_age"] == f"{days}d"
    assert found["_slm/policy/mercat-audit"]["retention"]["expire_after"] == f"{settings['audit']}d"
    assert found["_snapshot/mercat-app"]["settings"]["bucket"] == "snapshots"
    assert (settings["app"], settings["security"], settings["audit"]) == (30, 400, 400)


def test_a_change_of_what_is_put_makes_another_job():
    names = {one(logs(more), "Job")["metadata"]["name"] for more in ({}, {"logs": {"days": {"app": 7}}})}
    assert len(names) == 2


def test_each_figure_has_a_module_and_each_module_is_asked():
    objects = logs()
    config = yaml.safe_load(one(objects, "ConfigMap", "logs-exporter")["data"]["config.yml"])["modules"]
    asked = {each["spec"]["module"] for each in policies.of_kind(objects, "Probe")}
    pods = {
        each["spec"]["podMetricsEndpoints"][0]["params"]["module"][0]: each
        for each in policies.of_kind(objects, "PodMonitor")
    }
    assert asked | pods.keys() == config.keys()
    assert all("http_client_config" in config[name] for name in asked)
    for name, kind in {"logstash": "Logstash", "filebeat": "Beat"}.items():
        (label,) = pods[name]["spec"]["selector"]["matchLabels"]
        assert label == f"{kind.lower()}.k8s.elastic.co/name"
        ports = templates(objects)[kind]["spec"]["containers"][0]["ports"]
        assert ports[0]["name"] == pods[name]["spec"]["podMetricsEndpoints"][0]["port"]


def test_who_may_talk_to_whom():
    pods: dict[str, network.Pod] = {
        "elasticsearch": ("monitoring", {"elasticsearch.k8s.elastic.co/cluster-name": "logs"}),
        "kibana": ("monitoring", {"kibana.k8s.elastic.co/name": "logs"}),
        "logstash": ("monitoring", {"logstash.k8s.elastic.co/name": "logs"}),
        "filebeat": ("node-agents", {"beat.k8s.elastic.co/name": "logs"}),
        "setup": ("monitoring", {"app.kubernetes.io/name": "logs-setup"}),
        "exporter": ("monitoring", {"app.kubernetes.io/name": "logs-exporter"}),
        "prometheus": ("monitoring", {"app.kubernetes.io/name": "prometheus"}),
        "operator": ("elastic-system", {}),
        "service": ("mercat", {"app.kubernetes.io/part-of": "mercat"}),
    }
    ports = {
        "elasticsearch": (9200, 9300),
        "kibana": (5601,),
        "logstash": (5044, 9600),
        "filebeat": (5066,),
        "exporter": (7979,),
    }
    rules = policies.of_kind(logs(), "NetworkPolicy")
    found = {
        (source, target, port)
        for target, numbers in ports.items()
        for port in numbers
        for source in pods
        if network.allowed(rules, pods[source], pods[target], port, namespace="monitoring")
    }
    assert found == {
        *(
            (source, "elasticsearch", 9200)
            for source in ("elasticsearch", "kibana", "logstash", "setup", "exporter", "operator")
        ),
        ("elasticsearch", "elasticsearch", 9300),
        ("setup", "kibana", 5601),
        ("operator", "kibana", 5601),
        ("filebeat", "logstash", 5044),
        ("exporter", "logstash", 9600),
        ("operator", "logstash", 9600),
        ("exporter", "filebeat", 5066),
        ("prometheus", "exporter", 7979),
    }


def test_a_day_is_restored_by_the_command_of_the_document():
    text = (helm.ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
    command = text[text.index("helm template logs") :].partition("|")[0].replace("\\\n", " ")
    words = shlex.split(command.replace("$IMAGE", VALUES["images"]["elasticsearch"]))[1:]
    (job,) = (each for each in yaml.safe_load_all(helm.run(*words)) if each)
    assert invalid([{**job, "metadata": {**job["metadata"], "name": "restore"}}]) == []
    assert list(policies.pods([{**job, "metadata": {"name": "restore"}}])) == []
    (container,) = policies.pod_of(job)["containers"]
    assert container["command"] == ["sh", "/setup/restore.sh", "/setup", "app", "2026-11-12", "production"]
    assert "generateName" in job["metadata"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"archive": {"bucket": ""}}, "archive.bucket is missing"),
        ({"version": ""}, "version is missing"),
        ({"images": {"kibana": ""}}, "images.kibana is missing"),
        ({"logs": {"nodes": 2}}, "nodes"),
        ({"logs": {"days": {"app": 0}}}, "days"),
        ({"restore": {"day": "2026-11-12"}}, "restore needs restore.stream"),
        ({"restore": {"day": "yesterday", "stream": "app"}}, "day"),
        ({"secrets": {"kind": "plain"}}, "secrets.files.logs.writer_password is missing"),
        ({"audit_path": "/etc/shadow"}, "audit_path"),
    ],
)
def test_wrong_values_are_refused(values: dict[str, Any], said: str):
    with pytest.raises(helm.HelmError) as refusal:
        logs(values)
    assert said in str(refusal.value)
