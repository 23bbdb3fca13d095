"""How images are built and signed, by stand-ins for docker, trivy and cosign: once, and only what has no known hole."""

from __future__ import annotations

import pytest

from deploy.pipeline import images, signatures
from deploy.refusal import Refusal

DIGEST = "sha256:" + "a" * 64
COMMIT = "c" * 40
DEVELOPMENT = "111111111111"
TRIVY = """#!/bin/sh
echo "$*" >> {notes}
case "$*" in *"--format cyclonedx"*) exit 0 ;; *"{hole}"*) exit 1 ;; esac
"""


@pytest.fixture
def trivy(tmp_path, monkeypatch):
    """Finds a hole in what is asked about with this text."""

    def finding(hole: str) -> None:
        program = tmp_path / "trivy"
        program.write_text(TRIVY.format(notes=tmp_path / "scans", hole=hole))
        program.chmod(0o755)
        monkeypatch.setattr(images, "TRIVY", program)

    return finding


@pytest.fixture
def ours(known):
    known.set(
        registries={DEVELOPMENT: {COMMIT: DIGEST}}, signer=f"https://github.com/example/mercat/{signatures.WORKFLOW}"
    )
    return known


def test_image_without_a_hole_is_signed_once_with_the_parts_of_both_architectures(ours, trivy, tmp_path):
    trivy("nothing")
    images.release("development", DIGEST)
    assert [each[0] for each in ours.called("cosign")] == ["verify", "attest", "attest", "sign", "verify"]
    scans = (tmp_path / "scans").read_text()
    assert all(f"linux/{each}" in scans for each in images.ARCHITECTURES)
    images.release("development", DIGEST)
    assert [each[0] for each in ours.called("cosign")].count("sign") == 1


@pytest.mark.parametrize("architecture", sorted(images.ARCHITECTURES))
def test_image_with_a_hole_in_one_architecture_is_never_signed(ours, trivy, architecture):
    trivy(f"linux/{architecture} --scanners")
    with pytest.raises(Refusal, match="failed"):
        images.release("development", DIGEST)
    assert ours["signatures"] == {}


def test_missing_scanner_is_a_failure(ours, tmp_path, monkeypatch):
    monkeypatch.setattr(images, "TRIVY", tmp_path / "nothing")
    with pytest.raises(Refusal, match="trivy is not installed"):
        images.release("development", DIGEST)
    assert ours["signatures"] == {}


def test_what_the_registry_has_is_not_built_again(ours):
    ours.set(registries={DEVELOPMENT: {f"{COMMIT}-arm64": DIGEST, COMMIT: DIGEST}})
    assert images.build("arm64", "development", COMMIT).endswith(f"mercat/services:{COMMIT}-arm64")
    assert images.join("development", COMMIT) == DIGEST


def test_two_architectures_become_one_index(ours, tmp_path):
    """docker stands in: what it pushes is in the registry then."""
    ours.set(registries={DEVELOPMENT: {}})
    program, index = tmp_path / "bin" / "docker", f'"{COMMIT}": "{DIGEST}"'
    program.write_text(
        f"""#!/bin/sh
[ "$1 $2 $3" = "buildx imagetools create" ] || exit 9
case "$*" in *":{COMMIT} "*":{COMMIT}-amd64 "*":{COMMIT}-arm64") ;; *) exit 9 ;; esac
sed -i 's/"{DEVELOPMENT}": {{}}/"{DEVELOPMENT}": {{{index}}}/' {ours.file}
"""
    )
    program.chmod(0o755)
    assert images.join("development", COMMIT) == DIGEST
