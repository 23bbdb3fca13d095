"""The chart of the databases: valid in every environment, restricted, and with no secret that a task does not need."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from chassis.ops import cli
from deploy.charts import database_releases, helm, policies
from deploy.charts.tests.releases import DIGEST, ENVIRONMENTS
from deploy.charts.validation import invalid

SERVICES = database_releases.services()
TASKS = ("roles", "books", "operation")
KINDS = ("database_url", "database_owner_url", "database_auditor_url")


def rendered(environment: Path, task: str, *values: str, folder: Path, secret: bool = True) -> helm.Objects:
    files = {name: {kind: f"{name}-{kind}" for kind in KINDS} for name in SERVICES}
    made = {
        "task": task,
        "services": SERVICES,
        "database_host": "db.example",
        "service": "orders",
        "command": ["redrive", "--producer", "payments"],
        "secrets": {"files": files | {"data": {"administrator_password": "a"}}} if secret else {},
    }
    file = folder / "values.yaml"
    file.write_text(yaml.safe_dump(made), encoding="utf-8")
    return helm.render((environment, file), release="database", chart=database_releases.CHART, values=(DIGEST, *values))


def environment(name: str) -> Path:
    return next(path for path in ENVIRONMENTS if path.stem == name)


def pod(objects: helm.Objects) -> dict:
    (job,) = policies.of_kind(objects, "Job") or policies.of_kind(objects, "Deployment")
    return policies.pod_of(job)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_each_task_is_valid_and_its_pod_restricted(path: Path, task: str, tmp_path: Path) -> None:
    objects = rendered(path, task, folder=tmp_path)
    named = [{**each, "metadata": {**each["metadata"], "name": each["metadata"].get("name", "x")}} for each in objects]
    assert invalid(named) == []
    assert list(policies.pods(named)) == []
    labels = {"app.kubernetes.io/name", "app.kubernetes.io/part-of", "environment"}
    assert all(labels <= each["metadata"]["labels"].keys() for each in objects)
    used = {volume["secret"]["secretName"] for volume in pod(objects)["volumes"] if "secret" in volume}
    made = {each["metadata"]["name"] for each in objects if each["kind"] in {"Secret", "ExternalSecret"}}
    assert used == ({"orders"} if task == "operation" else made)  # the service's own chart makes that of an operation


def test_an_unrestricted_pod_is_found(tmp_path: Path) -> None:
    objects = rendered(environment("production"), "books", folder=tmp_path)
    pod(objects)["containers"][0]["securityContext"]["readOnlyRootFilesystem"] = False
    assert list(policies.pods(objects)) == ["Deployment books: its file system can be written"]


def test_on_aws_no_secret_of_the_administrator_is_in_the_cluster(tmp_path: Path) -> None:
    objects = rendered(environment("production"), "roles", folder=tmp_path)
    assert not {each["kind"] for each in objects} & {"Secret", "ExternalSecret"}
    variables = {entry["name"]: entry["value"] for entry in pod(objects)["containers"][0]["env"]}
    assert variables["SECRETS_PREFIX"] == "mercat/production"
    assert variables["DATABASE_HOST"] == "db.example"
    assert variables["DATABASE_QUERY"] == "sslmode=verify-full&sslrootcert=/etc/mercat/ca.pem"
    assert (
        pod(objects)["serviceAccountName"] == "database-roles"
    )  # deploy/terraform/modules/controllers knows this name


def test_the_books_know_the_auditors_passwords_alone(tmp_path: Path) -> None:
    plain = rendered(environment("cluster"), "books", folder=tmp_path)
    (secret,) = policies.of_kind(plain, "Secret")
    assert secret["stringData"] == {f"{name}_auditor_url": f"{name}-database_auditor_url" for name in SERVICES}
    (external,) = policies.of_kind(rendered(environment("staging"), "books", folder=tmp_path), "ExternalSecret")
    keys = {each["remoteRef"]["key"] for each in external["spec"]["data"]}
    assert keys == {f"mercat/staging/{name}/database-auditor" for name in SERVICES}
    assert external["spec"]["target"]["template"]["data"].keys() == secret["stringData"].keys()


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_each_task_reaches_what_it_needs(path: Path, tmp_path: Path) -> None:
    aws = path.stem != "cluster"
    wanted = {"database-roles": {53, 5432} | ({80, 443} if aws else set()), "books": {53, 5432}}
    wanted["operation"] = {53, 5432, 6379, 443, 8000}
    found = [
        each for task in TASKS for each in rendered(path, task, folder=tmp_path) if each["kind"] == "NetworkPolicy"
    ]
    for policy in found:
        watched = [one["port"] for rule in policy["spec"].get("ingress", []) for one in rule["ports"]]
        assert watched == ([8000] if policy["metadata"]["name"] == "books" else [])
        assert all(rule["to"] for rule in policy["spec"]["egress"])
        assert policy["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == policy["metadata"]["name"]
    ports = [{one["port"] for rule in policy["spec"]["egress"] for one in rule["ports"]} for policy in found]
    assert dict(zip((policy["metadata"]["name"] for policy in found), ports, strict=True)) == wanted


def test_the_books_are_checked_by_one_process_that_serves_what_it_finds(tmp_path: Path) -> None:
    objects = rendered(environment("production"), "books", folder=tmp_path)
    (deployment,) = policies.of_kind(objects, "Deployment")
    assert (deployment["spec"]["replicas"], deployment["spec"]["strategy"]) == (1, {"type": "Recreate"})
    (container,) = pod(objects)["containers"]
    given = cli.parser().parse_args(container["command"][3:])
    assert (given.command, given.services, given.host) == ("books", SERVICES, "0.0.0.0")
    assert container["ports"] == [{"name": "metrics", "containerPort": given.serve}]
    assert pod(objects)["restartPolicy"] == "Always"


def test_an_operation_runs_once_by_a_name_of_its_own_and_is_gone_after_a_day(tmp_path: Path) -> None:
    (job,) = rendered(environment("production"), "operation", folder=tmp_path)
    assert "name" not in job["metadata"]
    assert job["metadata"]["generateName"] == "operation-orders-"
    assert (job["spec"]["backoffLimit"], job["spec"]["ttlSecondsAfterFinished"]) == (0, 86400)
    assert policies.pod_of(job)["containers"][0]["envFrom"] == [{"configMapRef": {"name": "orders"}}]
    assert {f"calls-{name}" for name in SERVICES} <= job["spec"]["template"]["metadata"]["labels"].keys()
    words = policies.pod_of(job)["containers"][0]["command"]
    assert words[:3] == ["python", "-m", "chassis.ops"]
    assert cli.parser().parse_args(words[3:]).command == "redrive"


@pytest.mark.parametrize(
    ("name", "task", "values", "said"),
    [
        ("production", "roles", ("database_host=",), "database_host is missing"),
        ("production", "roles", ("image.digest=",), "image.digest is missing"),
        ("production", "roles", ("databases.networks=null",), "networks"),
        ("production", "roles", ("shedule=x",), "shedule"),
        ("production", "walk", (), "task"),
        ("production", "operation", ("service=pages",), "service=pages has no database: give one of catalog"),
        ("production", "operation", ("command=null",), "command is missing"),
        ("cluster", "roles", ("secrets.files.orders.database_auditor_url=",), "database_auditor_url is missing"),
        ("cluster", "roles", ("secrets.files.data.administrator_password=",), "administrator_password is missing"),
    ],
)  # fmt: skip
def test_what_is_missing_or_unknown_is_named(
    name: str, task: str, values: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    with pytest.raises(helm.HelmError, match=said):
        rendered(environment(name), task, *values, folder=tmp_path)


def test_the_administrator_of_a_cluster_is_that_of_its_own_databases(tmp_path: Path) -> None:
    objects = rendered(environment("cluster"), "roles", folder=tmp_path)
    made = {each["metadata"]["name"]: each["stringData"] for each in policies.of_kind(objects, "Secret")}
    fields = {"host": "database-rw.data.svc", "port": "5432", "username": "mercat_admin", "password": "a"}
    assert made["database-administrator"] == fields
    own = (helm.CHART.parent / "data" / "templates" / "postgresql.yaml").read_text()
    assert "username: mercat_admin" in own
    assert "name: database-administrator" in own


def test_an_administrators_secret_that_is_there_is_used_as_it_is(tmp_path: Path) -> None:
    objects = rendered(environment("cluster"), "roles", "administrator_secret=postgres-superuser", folder=tmp_path)
    assert [each["metadata"]["name"] for each in policies.of_kind(objects, "Secret")] == ["database-roles"]
    used = {volume["secret"]["secretName"] for volume in pod(objects)["volumes"] if "secret" in volume}
    assert used == {"database-roles", "postgres-superuser"}


def test_the_releases_of_an_environment_are_roles_before_and_books_after_the_services() -> None:
    roles, books = database_releases.releases("production", {"database_host": "db.example"})
    assert (roles.wave, roles.values["task"], books.wave, books.values["task"]) == (50, "roles", 70, "books")
    assert {"catalog", "identity", "orders", "payments"} <= set(roles.values["services"])
    json.dumps([roles.values, books.values])
    for each in (roles, books):
        assert "db.example" in each.values["database_host"]
