"""PostgreSQL and Valkey in the cluster: valid, within the policies, as those of AWS, and each name leads somewhere."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from deploy.charts import helm, network, policies
from deploy.charts.tests.data import BUCKET, data, one
from deploy.charts.validation import invalid

TERRAFORM = helm.ROOT / "deploy" / "terraform" / "modules"
THREE = {"data": {"instances": 3}}
SNAPSHOTS = {"data": {"snapshot_class": "snapshots"}}
RESTORE = {
    "data": {"generation": 3, "restore": {"generation": 2, "until": "2026-11-28T10:00:00Z", "snapshot": "sunday"}}
}
CASES = {
    "one instance": (),
    "three instances": (THREE,),
    "a bucket": (BUCKET, THREE),
    "a bucket and snapshots": (BUCKET, SNAPSHOTS),
    "restored": (BUCKET, SNAPSHOTS, RESTORE),
    "unwatched": ({"monitoring": {"enabled": False}},),
}


@pytest.mark.parametrize("values", CASES.values(), ids=list(CASES))
def test_the_data_is_valid_and_its_pods_are_within_the_policies(values: tuple[dict[str, Any], ...]) -> None:
    objects = data(*values)
    assert invalid(objects) == []
    assert list(policies.pods(objects)) == []
    assert one(objects, "StatefulSet")["spec"]["template"]["spec"]["containers"][0]["image"].count("@sha256:") == 1
    assert "@sha256:" in one(objects, "Cluster")["spec"]["imageName"]


def test_a_commit_waits_for_one_of_two_others_and_never_where_there_is_none() -> None:
    three, alone = (one(data(*values), "Cluster")["spec"] for values in ((THREE,), ()))
    assert three["instances"] == 3
    assert three["postgresql"]["synchronous"] == {
        "method": "any",
        "number": 1,
        "dataDurability": "required",
        "failoverQuorum": True,
    }
    assert three["affinity"]["topologyKey"] == "topology.kubernetes.io/zone"
    assert (alone["instances"], alone["enablePDB"], "synchronous" in alone["postgresql"]) == (1, False, False)
    with pytest.raises(helm.HelmError, match="instances"):
        data({"data": {"instances": 2}})


def test_postgresql_is_tuned_as_on_rds() -> None:
    text = (TERRAFORM / "database" / "parameters.tf").read_text(encoding="utf-8")
    of_rds = dict(re.findall(r'"([\w.]+)"\s+= \{ value = "([^"]+)"', text))
    ours = one(data(), "Cluster")["spec"]["postgresql"]["parameters"]
    # CloudNativePG loads the libraries whose parameters are set.
    elsewhere = {"shared_preload_libraries", *(name for name in of_rds if name.startswith("rds."))}
    assert {name: ours.get(name) for name in of_rds.keys() - elsewhere} == {
        name: value for name, value in of_rds.items() if name not in elsewhere
    }
    assert ours.keys() - of_rds.keys() == {"max_connections", "shared_buffers", "effective_cache_size"}


def test_the_administrator_has_the_fields_and_the_rights_of_rds_and_no_superuser_is_made() -> None:
    objects = data()
    secret, spec = one(objects, "Secret", "database-administrator"), one(objects, "Cluster")["spec"]
    written = re.search(
        r"secret_string_wo = jsonencode\(\{(.*?)\}\)", (TERRAFORM / "database/secrets.tf").read_text(), re.DOTALL
    )
    assert written
    of_rds = set(re.findall(r"^\s+(\w+)\s+=", written[1], re.MULTILINE))
    assert set(secret["stringData"]) == of_rds | {"host"}
    assert secret["stringData"]["host"] == "database-rw.data.svc"
    (role,) = spec["managed"]["roles"]
    assert (role["name"], role["superuser"], role["createdb"], role["createrole"]) == (
        "mercat_admin",
        False,
        True,
        True,
    )
    assert spec["enableSuperuserAccess"] is False
    for named in (role["passwordSecret"], spec["bootstrap"]["initdb"]["secret"]):
        assert named["name"] == secret["metadata"]["name"]


def test_the_archive_is_bound_by_name() -> None:
    objects = data(BUCKET, SNAPSHOTS)
    spec, store = one(objects, "Cluster")["spec"], one(objects, "ObjectStore")
    (plugin,) = spec["plugins"]
    assert "barmanObjectStore" not in str(objects)
    assert plugin["isWALArchiver"] is True
    assert plugin["parameters"] == {"barmanObjectName": store["metadata"]["name"], "serverName": "database-1"}
    keys = one(objects, "Secret", "database-backup")
    for each in store["spec"]["configuration"]["s3Credentials"].values():
        assert each["name"] == keys["metadata"]["name"]
        assert keys["stringData"][each["key"]]
    schedules = policies.of_kind(objects, "ScheduledBackup")
    assert {each["spec"]["method"] for each in schedules} == {"plugin", "volumeSnapshot"}
    for each in schedules:
        assert each["spec"]["cluster"]["name"] == "database"
        assert len(each["spec"]["schedule"].split()) == 6
    assert spec["backup"]["volumeSnapshot"]["className"] == "snapshots"
    assert not policies.of_kind(data(), "ScheduledBackup")


def test_a_restored_database_reads_one_archive_and_writes_another() -> None:
    spec = one(data(BUCKET, RESTORE), "Cluster")["spec"]
    recovery, (source,), (plugin,) = spec["bootstrap"]["recovery"], spec["externalClusters"], spec["plugins"]
    assert (recovery["source"], recovery["recoveryTarget"]["targetTime"]) == (source["name"], "2026-11-28T10:00:00Z")
    assert recovery["volumeSnapshots"]["storage"]["name"] == "sunday"
    read, written = source["plugin"]["parameters"], plugin["parameters"]
    assert read["barmanObjectName"] == written["barmanObjectName"]
    assert (read["serverName"], written["serverName"]) == ("database-2", "database-3")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"secrets": {"files": {"data": {"valkey_password": ""}}}}, "secrets.files.data.valkey_password is missing"),
        ({"images": {"valkey": "valkey:9"}}, "images.valkey has no digest"),
        (RESTORE, "data.restore needs backup.bucket"),
        (BUCKET | {"data": {"restore": {"generation": 1}}}, "must be greater than data.restore.generation"),
        ({"data": {"instance": 1}}, "instance"),
    ],
)
def test_wrong_values_are_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(helm.HelmError) as refusal:
        data(values)
    assert said in str(refusal.value)


def test_only_the_services_the_operator_and_prometheus_reach_the_data() -> None:
    rules = policies.of_kind(data(BUCKET), "NetworkPolicy")
    pods: dict[str, network.Pod] = {
        "service": ("mercat", {"app.kubernetes.io/part-of": "mercat", "app.kubernetes.io/name": "orders"}),
        "traefik": ("edge", {"app.kubernetes.io/name": "traefik"}),
        "prometheus": ("monitoring", {"app.kubernetes.io/name": "prometheus"}),
        "operator": ("data", {"app.kubernetes.io/name": "cloudnative-pg"}),
        "plugin": ("data", {"app.kubernetes.io/name": "plugin-barman-cloud"}),
        "database": ("data", {"cnpg.io/cluster": "database"}),
        "valkey": ("data", {"app.kubernetes.io/name": "valkey"}),
    }
    found = {
        (source, target, port)
        for target, ports in {"database": (5432, 8000, 9187), "valkey": (6379,), "plugin": (9090,)}.items()
        for port in ports
        for source in pods
        if network.allowed(rules, pods[source], pods[target], port, namespace="data")
    }
    assert found == {
        ("service", "database", 5432),
        ("service", "valkey", 6379),
        ("prometheus", "database", 9187),
        ("operator", "database", 5432),
        ("operator", "database", 8000),
        ("operator", "plugin", 9090),
        ("database", "database", 5432),
        ("database", "database", 8000),
    }


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("Cluster", ("spec", "postgresql", "synchronous"), {"method": "any", "numbers": 1}),
        ("Cluster", ("spec", "backup", "barmanObjectStores"), {}),
        ("Cluster", ("spec", "plugins"), [{"name": "x", "isWALArchive": True}]),
        ("ObjectStore", ("spec", "configuration", "s3Credentials", "accessKey"), {"name": "a", "key": "b"}),
        ("ScheduledBackup", ("spec", "method"), "barman"),
    ],
)
def test_a_field_that_the_operator_does_not_know_is_found(kind: str, path: tuple[str, ...], value: object) -> None:
    objects = copy.deepcopy(data(BUCKET, SNAPSHOTS))
    *places, last = path
    found = next(each for each in objects if each["kind"] == kind)
    for place in places:
        found = found.setdefault(place, {})
    found[last] = value
    assert invalid(objects) != []
