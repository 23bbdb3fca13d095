"""Every object of every environment is held by git, the store of secrets or a backup; what nobody holds is found."""

from __future__ import annotations

import copy
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.charts import helm
from deploy.documents.kubernetes import DIGEST, whole_cluster
from deploy.platform.releases import components
from deploy.platform.render import handover
from deploy.recovery import rendered
from deploy.recovery.held import STORE, Held, by_others, decisions, held

ENVIRONMENTS = sorted(path.stem for path in helm.ENVIRONMENTS.glob("*.yaml"))
DECIDED = decisions()
_RANDOM = re.compile(r"\b(rand\w+|gen\w*(?:CA|Cert|PrivateKey)\w*|uuidv4|derivePassword|lookup|htpasswd|bcrypt)\b")


pytestmark = pytest.mark.usefixtures("needs_helm")


@cache
def of(environment: str) -> helm.Objects:
    return whole_cluster() if environment == "cluster" else rendered.objects(environment, handover(environment), DIGEST)


def nobodys(objects: helm.Objects, decided: dict[str, Any] = DECIDED, *, plain: bool = True) -> set[str]:
    return {f"{each.kind} {each.namespace}/{each.name}" for each in held(objects, decided, plain=plain) if not each.by}


def without(objects: helm.Objects, kind: str) -> helm.Objects:
    return [each for each in objects if each["kind"] != kind]


def decided_without(place: str, row: str) -> dict[str, Any]:
    left = copy.deepcopy(DECIDED)
    del left[place][row]
    return left


def changed(objects: helm.Objects, kind: str, **spec: Any) -> helm.Objects:
    return [{**each, "spec": {**each["spec"], **spec}} if each["kind"] == kind else each for each in objects]


def claim(namespace: str, **labels: str) -> dict[str, Any]:
    return {"kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": namespace, "labels": labels}}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_nobody_is_without_a_holder(environment: str) -> None:
    objects = of(environment)
    settings = yaml.safe_load((helm.ENVIRONMENTS / f"{environment}.yaml").read_text(encoding="utf-8"))
    assert len(objects) > 100
    assert nobodys(objects, plain=settings["secrets"]["kind"] == "plain") == set()
    assert [each for each in by_others(environment, DECIDED) if not each.by] == []


def test_on_aws_services_read_their_secrets_from_the_store() -> None:
    found = held(of("production"), DECIDED, plain=False)
    assert {each.name for each in found if each.kind == "Secret" and each.by == STORE} >= {"orders", "orders-migration"}
    assert not [each for each in of("production") if each["kind"] == "Secret"]


def test_without_a_bucket_nobody_holds_the_volumes_of_the_database() -> None:
    """As deploy/environments/cluster.yaml comes: docs/kubernetes/recovery.md says so."""
    bare = changed(without(without(of("cluster"), "ObjectStore"), "ScheduledBackup"), "Cluster", plugins=[])
    assert nobodys(bare) == {f"PersistentVolumeClaim data/database-{number}" for number in (1, 2, 3)}


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda all_: without(all_, "ScheduledBackup"), id="no base backup"),
        pytest.param(lambda all_: without(all_, "ObjectStore"), id="a store that is not there"),
        pytest.param(
            lambda all_: changed(
                all_, "Cluster", plugins=[{"name": "b", "parameters": {"barmanObjectName": "database"}}]
            ),
            id="no archive of WAL",
        ),
    ],
)
def test_a_database_that_is_not_archived_is_found(broken: Any) -> None:
    assert "PersistentVolumeClaim data/database-1" in nobodys(broken(of("cluster")))


def test_a_volume_outside_of_the_schedules_is_found_and_one_inside_is_held() -> None:
    objects = of("cluster")
    assert nobodys([*objects, claim("mercat")]) == set()
    assert nobodys([*objects, claim("monitoring")]) == {"PersistentVolume monitoring/data"}
    assert nobodys([*objects, claim("mercat", **{"velero.io/exclude-from-backup": "true"})]) != set()
    assert nobodys([*without(objects, "BackupStorageLocation"), claim("mercat")]) != set()
    sets = [
        {**each, "spec": {**each["spec"], "volumeClaimTemplates": [claim("")]}}
        for each in objects
        if each["kind"] == "StatefulSet"
    ]
    assert nobodys(
        objects + [{**each, "metadata": {**each["metadata"], "namespace": "kube-system"}} for each in sets]
    ) == {"PersistentVolumeClaim kube-system/data-valkey"}


def test_a_secret_that_nobody_keeps_is_found() -> None:
    objects = of("cluster")
    assert nobodys(changed(objects, "Cluster", enableSuperuserAccess=True)) == {"Secret data/database-superuser"}
    initdb = {"initdb": {"database": "app", "owner": "app"}}
    assert nobodys(changed(objects, "Cluster", bootstrap=initdb)) == {"Secret data/database-app"}
    by_hand = {"kind": "Secret", "metadata": {"name": "by-hand", "namespace": "mercat"}}
    assert nobodys([*of("production"), by_hand], plain=False) == {"Secret mercat/by-hand"}


def test_what_nobody_has_decided_is_found() -> None:
    production = of("production")
    account = nobodys(production, decided_without("made", "ClusterIssuer/account"), plain=False)
    assert account == {"Secret cert-manager/letsencrypt"}
    certificate = nobodys(of("cluster"), decided_without("made", "Certificate/secret"))
    assert certificate == {"Secret edge/shop"}
    found = by_others("cluster", decided_without("components", "velero"))
    assert [each for each in found if not each.by] == [
        Held("component", "velero", "velero", "", "nobody has said what it makes")
    ]


def test_no_row_is_of_something_that_is_not_installed() -> None:
    listed = {
        name for name, each in components().items() if "wave" in each and not str(each["chart"]).startswith("deploy/")
    }
    assert set(DECIDED["components"]) == listed


def test_each_row_says_who_and_why() -> None:
    made = [DECIDED["made"], *DECIDED["components"].values(), {"release": DECIDED["release"]}]
    for row in (row for rows in made for row in rows.values()):
        assert set(row) == {"by", "why"}
        assert row["by"] in {"git", "store", "backup"}
        assert len(row["why"]) > 15


def test_no_chart_makes_a_value_up() -> None:
    """A Secret of a chart is what the values file holds: helm invents none of it."""
    charts = [
        *(helm.ROOT / "deploy").glob("charts/*/templates/*"),
        *(helm.ROOT / "deploy/edge/chart/templates").iterdir(),
    ]
    assert len(charts) > 20
    assert [path for path in charts if invented(path)] == []
    assert _RANDOM.search("{{ randAlphaNum 24 }}")
    assert _RANDOM.search('{{ genSelfSignedCert "x" nil nil 1 }}')


def invented(path: Path) -> bool:
    code = "".join(re.findall(r"\{\{.*?\}\}", path.read_text(encoding="utf-8"), re.DOTALL))
    return _RANDOM.search(re.sub(r"/\*.*?\*/", "", code, flags=re.DOTALL)) is not None
