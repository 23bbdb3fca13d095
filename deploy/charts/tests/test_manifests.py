"""What `make manifests` writes is complete, valid, in order, and the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.charts import helm, manifests
from deploy.charts.tests.releases import ENVIRONMENTS, FILES, SERVICES, fields
from deploy.charts.validation import invalid

DIGEST = f"sha256:{'a' * 64}"
NAMES = [path.parent.name for path in SERVICES]
# Made by others: Terraform, and the platform's charts.
OF_OTHERS = {("ConfigMap", "database-ca")}
# Fields that name other objects, and the kind of those that say none.
REFERENCES = {
    "serviceAccountName": "ServiceAccount",
    "gatewayClassName": "GatewayClass",
    "secretName": "Secret",
    "parentRefs": "Gateway",
    "certificateRefs": "Secret",
    "backendRefs": "Service",
    "extensionRef": "Middleware",
    "secretKeyRef": "Secret",
    "configMap": "ConfigMap",
    "configMapRef": "ConfigMap",
    "middlewares": "Middleware",
    "service": "Service",
    "services": "Service",
    "scaleTargetRef": "Deployment",
}


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The secrets that a cluster without external-secrets needs."""
    names = {path.parent.name: [*FILES, *fields(path).get("keys", [])] for path in SERVICES}
    files = {service: {name.replace("\\", ""): "aaaa" for name in each} for service, each in names.items()}
    path = tmp_path_factory.mktemp("secrets") / "secrets.yaml"
    path.write_text(yaml.safe_dump({"secrets": {"files": files}}))
    return path


@pytest.fixture(scope="module", params=ENVIRONMENTS, ids=lambda path: path.stem)
def written(request: pytest.FixtureRequest, more: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return manifests.write(request.param, DIGEST, [more], tmp_path_factory.mktemp("build"))


def read(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return {path.stem: list(yaml.safe_load_all(path.read_text())) for path in sorted(folder.glob("*.yaml"))}


def test_every_wave_has_its_files_in_order(written: Path) -> None:
    migrating = [path.parent.name for path in SERVICES if fields(path)["database"]]
    expected = [
        "00-namespaces",
        "05-access",
        "10-edge",
        *(f"20-{name}-migration" for name in migrating),
        *(f"30-{name}" for name in NAMES),
    ]
    assert list(read(written)) == expected


def test_every_object_is_valid_and_stands_in_one_file(written: Path) -> None:
    objects = [each for file in read(written).values() for each in file]
    assert invalid(objects) == []
    keys = [(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]) for each in objects]
    assert len(set(keys)) == len(keys)


def test_every_namespace_is_made_first_and_is_restricted(written: Path) -> None:
    files = read(written)
    made = {each["metadata"]["name"] for each in files["00-namespaces"]}
    used = {
        each["metadata"]["namespace"] for file in files.values() for each in file if "namespace" in each["metadata"]
    }
    assert used == made
    for each in files["00-namespaces"]:
        assert each["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_a_migration_comes_before_its_service_and_after_what_it_needs(written: Path) -> None:
    files = read(written)
    for name, objects in files.items():
        kinds = [each["kind"] for each in objects]
        assert ("Job" in kinds) is name.endswith("-migration")
        assert ("Deployment" in kinds) is name.startswith(("10-", "30-"))
        if "Job" in kinds:
            assert kinds[-1] == "Job"


def test_what_an_object_names_is_made_in_its_wave_or_before(written: Path) -> None:
    made: set[tuple[str, str]] = set(OF_OTHERS)
    for name, objects in read(written).items():
        for each in objects:
            made.add((each["kind"], each["metadata"]["name"]))
            if each["kind"] in {"ExternalSecret", "Certificate"}:
                spec = each["spec"]
                made.add(("Secret", spec["secretName"] if "secretName" in spec else spec["target"]["name"]))
        missing = {named for each in objects for named in references(each)} - made
        assert missing == set(), name


def references(each: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Kinds and names of other objects in an object."""
    for key, value in walk(each.get("spec", {})):
        if key in REFERENCES and value:
            for one in value if isinstance(value, list) else [value]:
                yield (
                    (REFERENCES[key], one) if isinstance(one, str) else (one.get("kind", REFERENCES[key]), one["name"])
                )


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key of a document with its value, however deep."""
    if isinstance(value, list):
        for one in value:
            yield from walk(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key, one
            yield from walk(one)


def test_no_one_else_reads_what_may_hold_secrets(written: Path) -> None:
    assert written.stat().st_mode & 0o077 == 0


def test_every_image_has_the_digest(written: Path) -> None:
    images = {value for file in read(written).values() for each in file for key, value in walk(each) if key == "image"}
    assert {image.partition("@")[2] for image in images} == {DIGEST}


def test_the_same_is_written_again_and_old_files_go(written: Path, more: Path) -> None:
    before = {path: path.read_bytes() for path in written.rglob("*") if path.is_file()}
    (written / "99-old.yaml").touch()
    manifests.write(helm.ENVIRONMENTS / f"{written.name}.yaml", DIGEST, [more], written.parent)
    assert {path: path.read_bytes() for path in written.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "ENV= is no environment: give one of cluster, development, production, staging"),
        (["laptop", DIGEST], "ENV=laptop is no environment"),
        (["production", ""], "DIGEST= is no digest of the services' image"),
        (["production", "latest"], "DIGEST=latest is no digest"),
        (["cluster", DIGEST, ""], "secrets.files.catalog.callers.json is missing"),
    ],
)
def test_wrong_arguments_are_refused(arguments: list[str], said: str) -> None:
    with pytest.raises(helm.HelmError) as refusal:
        manifests.main(arguments)
    assert said in str(refusal.value)
