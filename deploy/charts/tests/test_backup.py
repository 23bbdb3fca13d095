"""What Velero keeps: valid, each name leads somewhere, and a restore brings back what a schedule kept, no more."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.charts import helm
from deploy.charts.policies import of_kind
from deploy.charts.tests.data import BUCKET, CLUSTER, backup, one
from deploy.charts.tests.releases import ENVIRONMENTS
from deploy.charts.validation import invalid

ON_AWS = {"backup": {"bucket": "mercat-backups", "region": "eu-central-1"}}


def hours(text: str) -> int:
    return int(text.removesuffix("h"))


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_what_is_kept_is_valid_and_every_name_leads_somewhere(environment: Path) -> None:
    objects = backup(ON_AWS, {"restore": "volumes"}, environment=environment)
    assert invalid(objects) == []
    place = one(objects, "BackupStorageLocation")
    schedules = {each["metadata"]["name"]: each["spec"] for each in of_kind(objects, "Schedule")}
    for each in schedules.values():
        assert each["template"]["storageLocation"] == place["metadata"]["name"]
    restore = one(objects, "Restore")["spec"]
    kept = schedules[restore["scheduleName"]]["template"]
    assert set(restore["includedNamespaces"]) == set(kept["includedNamespaces"])
    # The services' and the edge's, and that of a database in the cluster.
    settings = yaml.safe_load(environment.read_text(encoding="utf-8"))
    wanted = {"mercat", settings["edge"]["namespace"], settings["databases"]["namespace"]} - {""}
    assert set(kept["includedNamespaces"]) == wanted


def test_secrets_and_the_database_are_in_no_backup() -> None:
    """They come back from where they are kept; a Cluster that came back alone would begin an empty database."""
    objects = backup(BUCKET, {"restore": "volumes"})
    left_out = [each["spec"]["template"]["excludedNamespaceScopedResources"] for each in of_kind(objects, "Schedule")]
    for names in (*left_out, one(objects, "Restore")["spec"]["excludedResources"]):
        assert {"secrets", "clusters.postgresql.cnpg.io"} <= set(names)


def test_volumes_are_moved_to_the_bucket_and_kept_as_long_as_it_locks_them() -> None:
    text = (helm.ROOT / "deploy/terraform/settings/environments.tf").read_text(encoding="utf-8")
    row = re.search(r"^ +backup_days += \{(.*)\}$", text, re.MULTILINE)
    assert row
    days = {name: int(value) for name, value in re.findall(r"(\w+) = (\d+)", row[1])}
    for environment in ENVIRONMENTS:
        volumes = one(backup(ON_AWS, environment=environment), "Schedule", "volumes")["spec"]["template"]
        assert volumes["snapshotMoveData"] is True
        assert hours(volumes["ttl"]) == 24 * days.get(environment.stem, 14)


def test_on_aws_the_pods_identity_opens_the_bucket_and_elsewhere_a_key() -> None:
    production = next(path for path in ENVIRONMENTS if path.stem == "production")
    with_identity, with_key = backup(ON_AWS, environment=production), backup(BUCKET)
    assert "credential" not in one(with_identity, "BackupStorageLocation")["spec"]
    assert not of_kind(with_identity, "Secret")
    named = one(with_key, "BackupStorageLocation")["spec"]["credential"]
    secret = one(with_key, "Secret", named["name"])
    assert "aws_secret_access_key=of-backup_secret_key" in secret["stringData"][named["key"]]


def test_while_something_is_restored_nothing_is_backed_up_over_it() -> None:
    quiet, usual = backup(BUCKET, {"restore": "objects-20261128"}), backup(BUCKET)
    assert one(quiet, "Restore")["spec"]["backupName"] == "objects-20261128"
    assert one(quiet, "BackupStorageLocation")["spec"]["accessMode"] == "ReadOnly"
    assert all(each["spec"]["paused"] for each in of_kind(quiet, "Schedule"))
    assert not any(each["spec"]["paused"] for each in of_kind(usual, "Schedule"))
    assert not of_kind(usual, "Restore")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"restore": "objects"}, "restore needs backup.bucket"),
        (BUCKET | {"secrets": {"files": {"data": {"backup_secret_key": ""}}}}, "backup_secret_key is missing"),
        ({"backup": {"days": 0}}, "days"),
    ],
)
def test_wrong_values_are_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(helm.HelmError) as refusal:
        backup(values)
    assert said in str(refusal.value)


def test_without_a_bucket_nothing_is_kept() -> None:
    assert backup(environment=CLUSTER) == []
