"""The secrets of the store itself: each service can read those made for it, and the chart sets all that it needs."""

from __future__ import annotations

import base64
import importlib
import json
import re
import sys
from pathlib import Path
from subprocess import run
from urllib.parse import urlsplit

import pytest
import yaml
from pydantic_core import PydanticUndefined

from chassis.auth import ServiceVerifier, load_private_key
from chassis.config import CommonSettings
from deploy import service_secrets
from deploy.charts import helm
from deploy.charts.policies import of_kind
from deploy.charts.tests.releases import DIGEST, ENVIRONMENTS
from deploy.recovery import rendered
from identity.keys import KeyEncryption
from mercat.config import services

STRIPE = {"payments": {name: f"of {name}" for name in service_secrets.GIVEN["payments"]}}
SPECS = services.discover(helm.ROOT)
ADDRESSES = ("database_url", "database_owner_url", "valkey_url", "smtp_url")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> service_secrets.Secrets:
    return service_secrets.made(tmp_path_factory.mktemp("secrets"), STRIPE)


def settings_of(service: str) -> type[CommonSettings]:
    """The class of a service's settings."""
    module = importlib.import_module(f"{service}.settings")
    (found,) = [each for name, each in vars(module).items() if name.lower() == f"{service}settings"]
    assert issubclass(found, CommonSettings)
    return found


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_service_can_read_its_keys(made: service_secrets.Secrets, spec, tmp_path: Path) -> None:
    own = service_secrets.files(made[spec.name])
    for name in ("service_key.pem", "callers.json"):
        (tmp_path / name).write_text(own[name])
    load_private_key(tmp_path / "service_key.pem")
    ServiceVerifier.load(tmp_path / "callers.json", spec.name)
    callers = {other.name for other in SPECS if spec.name in [*other.calls, *other.follows]}
    assert set(json.loads(own["callers.json"])) == callers
    assert [len(base64.b64decode(own[key])) for key in spec.keys] == [32] * len(spec.keys)


def test_identity_opens_what_it_sealed_with_its_key(made: service_secrets.Secrets, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(base64.b64decode(made["identity"]["KEY_ENCRYPTION_KEY"]))
    key = load_private_key(_file(tmp_path, made["identity"]["SERVICE_KEY"]))
    encryption = KeyEncryption(path)
    assert encryption.open(encryption.seal(key, "kid"), "kid").private_numbers() == key.private_numbers()


def _file(folder: Path, text: str) -> Path:
    (folder / "pem").write_text(text)
    return folder / "pem"


def test_the_same_folder_gives_the_same_and_nobody_else_reads_it(tmp_path: Path) -> None:
    paths = service_secrets.write(tmp_path, STRIPE)
    before = [path.read_bytes() for path in paths]
    assert service_secrets.write(tmp_path, STRIPE) == paths
    assert [path.read_bytes() for path in paths] == before
    assert {path.stat().st_mode & 0o077 for path in tmp_path.rglob("*") if path.is_file()} == {0}


@pytest.mark.usefixtures("needs_helm")
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_each_setting_that_a_service_needs_is_set(
    made: service_secrets.Secrets, environment: Path, spec, tmp_path: Path
) -> None:
    values = tmp_path / "values.yaml"
    own = {**service_secrets.files(made[spec.name]), **dict.fromkeys(ADDRESSES, "x")}
    values.write_text(yaml.safe_dump({"secrets": {"files": {spec.name: own}}}))
    path = helm.ROOT / "services" / spec.name / "service.yaml"
    objects = helm.render((path, environment, values), release=spec.name, values=(DIGEST,))
    (config,) = [each["data"] for each in of_kind(objects, "ConfigMap")]
    files = _files_of(objects, made[spec.name], spec.name)
    for name, value in config.items():
        assert not value.startswith("/run/mercat/") or value.removeprefix("/run/mercat/") in files, name
    needed = {name for name, each in settings_of(spec.name).model_fields.items() if each.default is PydanticUndefined}
    needed -= {name for name, each in settings_of(spec.name).model_fields.items() if each.default_factory}
    assert needed <= {*map(str.lower, config), *files}


@pytest.mark.usefixtures("needs_helm")
def test_in_a_cluster_of_its_own_each_password_is_the_one_that_opens(tmp_path: Path) -> None:
    service_secrets.write(tmp_path, STRIPE)
    objects = rendered.objects("cluster", {}, f"sha256:{'a' * 64}", [tmp_path / "values.yaml"])
    found = {
        (each["metadata"]["namespace"], each["metadata"]["name"]): each["stringData"]
        for each in of_kind(objects, "Secret")
    }
    administrator = found["data", "database-administrator"]
    (role,) = next(each for each in objects if each["kind"] == "Cluster")["spec"]["managed"]["roles"]
    assert administrator["username"] == role["name"]
    users = found["data", "valkey"]["users.acl"]
    for spec in services.with_database(SPECS):
        own = found["mercat", spec.name]
        runtime, owner = (urlsplit(each["database_url"]) for each in (own, found["mercat", f"{spec.name}-migration"]))
        assert {runtime.hostname, owner.hostname} == {administrator["host"]}
        assert (runtime.username, owner.username) == (spec.database, f"{spec.database}_owner")
        assert len({runtime.password, owner.password, administrator["password"]}) == 3
        assert f"user mercat on >{urlsplit(own['valkey_url']).password} " in users
        assert not {"database_owner_url", "database_auditor_url"} & set(own)


def _files_of(objects: helm.Objects, settings: dict[str, str], name: str) -> set[str]:
    """The files below /run/mercat; templates of external-secrets are given the settings that there are."""
    for each in of_kind(objects, "Secret"):
        if each["metadata"]["name"] == name:
            return {*each["stringData"], *each.get("data", {})}
    (external,) = [each["spec"] for each in of_kind(objects, "ExternalSecret") if each["metadata"]["name"] == name]
    templates = external["target"]["template"]["data"]
    known = {*settings, *(each["secretKey"] for each in external["data"])}
    used = {word for text in templates.values() for word in re.findall(r"\{\{ (?:with )?\(?\.(\w+)", text)}
    assert used - {"username", "password", "host", "port", "dbname"} <= known
    return {*templates, *map(str.lower, settings)}


def test_the_program_names_what_it_lacks(tmp_path: Path) -> None:

    command = [sys.executable, "-m", "deploy.service_secrets"]
    done = run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "name a folder" in done.stderr) == (1, True)
    empty = run([*command, str(tmp_path)], input="\n\n\n", capture_output=True, text=True, check=False)
    assert (empty.returncode, "STRIPE_SECRET_KEY" in empty.stderr, list(tmp_path.iterdir())) == (1, True, [])
    whole = run([*command, str(tmp_path)], input="a\nb\nc\n", capture_output=True, text=True, check=False)
    assert whole.returncode == 0
    assert json.loads((tmp_path / "payments.json").read_text())["STRIPE_WEBHOOK_SECRET"] == "c"


def test_where_nobody_can_be_asked_it_says_so(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "deploy.service_secrets", str(tmp_path)]
    done = run(words, cwd=helm.ROOT, input="", capture_output=True, text=True, start_new_session=True, check=False)
    assert done.returncode == 1
    assert "nobody to ask" in done.stderr
    assert "Traceback" not in done.stderr
