"""What the images are made of: their size, labels, files, and the settings that an engine reads."""

from __future__ import annotations

import pytest

from deploy.drills import engine

pytestmark = pytest.mark.image
MEGABYTES = 10**6
LOAD_EVERYTHING = """
import ctypes, importlib, pathlib, pkgutil, sys
for path in pathlib.Path("/venv").rglob("*.so*"):
    ctypes.CDLL(str(path))
for name in ("chassis", "reporting", "catalog", "identity", "orders", "pages", "payments", "shop"):
    for module in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
            print(module.name)
"""


@pytest.fixture
def image(services_image):
    return engine.inspect("image", services_image)


def test_image_is_at_most_160_mb_above_its_base(image):
    assert image["Size"] - engine.inspect("image", engine.BASE)["Size"] <= 160 * MEGABYTES


def test_image_says_what_it_is_and_how_it_is_run(image, tree):
    labels, config = image["Labels"], image["Config"]
    prefix = "org.opencontainers.image."
    assert labels[f"{prefix}revision"] == tree
    assert labels[f"{prefix}source"] == "https://example.test/mercat"
    assert labels[f"{prefix}licenses"] == "Apache-2.0"
    assert labels[f"{prefix}version"] == engine.run("git", "describe", "--tags", "--always", "HEAD")
    assert labels[f"{prefix}created"] == image["Created"]
    assert (
        engine.run("git", "show", "-s", "--format=%cd", "--date=format-local:%FT%TZ", "HEAD", env={"TZ": "UTC"})
        == image["Created"]
    )
    assert config["User"] == "10001:10001"
    assert image["Healthcheck"]["Test"]


def test_every_module_and_library_of_the_services_loads(services_image):
    flags = ("--rm", "--network=none", "--read-only", "--pull=never", "--entrypoint=python")
    loaded = engine.run("podman", "run", *flags, services_image, "-c", LOAD_EVERYTHING).split()
    assert {f"{name}.app" for name in ("catalog", "identity", "orders", "pages", "payments", "shop")} <= set(loaded)
    assert {"chassis.db.migrate", "reporting.page"} <= set(loaded)
    assert not [name for name in loaded if "tests" in name.split(".") or "testing" in name.split(".")]


def test_image_holds_the_pinned_packages_and_no_other(services_image):
    listing = """
import importlib.metadata as metadata
print(*sorted(f'{d.name.lower().replace("_", "-")}=={d.version}' for d in metadata.distributions()))
"""
    flags = ("--rm", "--network=none", "--read-only", "--pull=never", "--entrypoint=python")
    found = engine.run("podman", "run", *flags, services_image, "-c", listing).split()
    lines = (engine.ROOT / "requirements" / "image.txt").read_text().splitlines()
    assert found == sorted(line.split()[0] for line in lines if "==" in line)


def test_dockerfile_refuses_a_base_without_a_digest(tree, tmp_path):
    file = engine.IMAGES / "services.Dockerfile"
    command = [
        "buildah",
        "bud",
        "--isolation=oci",
        "--runtime=runc",
        "--pull-never",
        "--network=none",
        "--ulimit=nofile=1024:1024",
    ]
    with pytest.raises(RuntimeError, match="has no digest"):
        engine.run(
            *command,
            f"--build-arg=BASE={engine.BASE}",
            f"--build-arg=BUILD_BASE={engine.BASE}",
            "--file",
            file,
            tmp_path,
        )
    with pytest.raises(RuntimeError):
        engine.run(*command, "--file", file, tmp_path)


@pytest.mark.parametrize("architecture", ["x86_64", "aarch64"])
def test_each_pin_has_a_wheel_for_both_architectures(architecture, tree, tmp_path):
    uv = engine.ROOT / ".venv" / "bin" / "uv"
    options = ["--quiet", "--dry-run", "--only-binary=:all:", "--no-deps", "--require-hashes", f"--target={tmp_path}"]
    options += ["--python-version=3.13", f"--python-platform={architecture}-manylinux_2_28"]
    engine.run(uv, "pip", "install", *options, "--requirements", "requirements/image.txt")
