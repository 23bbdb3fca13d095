"""`python -m deploy.pipeline.images WORD`: the image, built once. A tag is the commit, and ECR lets none be moved.

build ARCH           by docker buildx; --push ENV pushes it as COMMIT-ARCH, else docker holds it as mercat/services:ARCH
scan REFERENCE       fails on known holes with a fix (trivy), but for those of deploy/images/accepted_holes.yaml
join ENV             one index of both architectures, tagged COMMIT; prints digest=
release ENV DIGEST   scans both, lists their parts (SBOM), and signs all of it by the run's own identity (cosign)

What is there already is not made again: a run that is repeated ends with the same digest.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from deploy.pipeline import digest, registries, signatures
from deploy.pipeline.commands import run, tried
from deploy.pipeline.program import main
from deploy.pipeline.telling import output
from deploy.refusal import FAILED, Refusal

ROOT = Path(__file__).resolve().parents[2]
BASES = ROOT / "deploy" / "images" / "bases" / "Dockerfile"
ACCEPTED = ROOT / "deploy" / "images" / "accepted_holes.yaml"
TRIVY = ROOT / ".venv" / "kubernetes" / "trivy"
# As docker calls them, and as Python's wheels do.
ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}
_SECONDS = 1800


def bases() -> dict[str, str]:
    """The base of each image, with its digest."""
    found = re.findall(r"^FROM (\S+@sha256:[0-9a-f]{64}) AS (\S+)$", BASES.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: base for base, name in found}


def build(architecture: str, environment: str, commit: str) -> str:
    """Build it, unless the environment's registry has it; the reference. environment: empty, it is not pushed.

    Raises:
        Refusal: it does not build.
    """
    tag = f"{commit}-{architecture}"
    reference = f"{registries.address(environment)}:{tag}" if environment else f"mercat/services:{architecture}"
    if environment and digest.of(environment, tag):
        print(f"{reference} is there already")
        return reference
    with tempfile.TemporaryDirectory(prefix="mercat-wheels-") as folder:
        _run("sh", "deploy/images/wheels.sh", ARCHITECTURES[architecture], folder)
        # Provenance lies in the index that is signed; docker itself holds no index, so an image to look at has none.
        how = "--provenance=mode=max --push" if environment else "--provenance=false --load"
        known = bases()
        settings = {
            "BUILD": f"docker buildx build --platform linux/{architecture} {how}",
            "BUILD_BASE": known["services-build"],
            "REVISION": commit,
            "SOURCE": f"https://github.com/{os.environ.get('GITHUB_REPOSITORY', 'example/mercat')}",
        }
        _run("sh", "deploy/images/build.sh", known["services"], reference, folder, **settings)
    return reference


def scan(reference: str, *platform: str) -> None:
    """Look for known holes.

    Raises:
        Refusal: there are some with a fix, or the scanner is missing or cannot work.
    """
    if not TRIVY.exists():
        raise Refusal("trivy is not installed: `make .venv/.kubernetes-ready` brings it on Linux.")
    words = ["--scanners", "vuln", "--ignore-unfixed", "--severity", "MEDIUM,HIGH,CRITICAL", "--exit-code", "1"]
    _run(str(TRIVY), "image", "--quiet", *platform, *words, "--ignorefile", str(ACCEPTED), reference)


def join(environment: str, commit: str) -> str:
    """The digest of the index of both architectures.

    Raises:
        Refusal: docker or AWS refuses.
    """
    if found := digest.of(environment, commit):
        return found
    whole = f"{registries.address(environment)}:{commit}"
    parts = [f"{whole}-{each}" for each in ARCHITECTURES]
    run("docker", "buildx", "imagetools", "create", "--tag", whole, *parts, seconds=_SECONDS)
    if not (found := digest.of(environment, commit)):
        raise Refusal(f"{whole} was pushed, and the registry does not know it: run the job again.")
    return found


def release(environment: str, found: str) -> None:
    """Scan it, and sign it once nothing was found, with the lists of its parts.

    Raises:
        Refusal: it has a hole; or cosign or trivy refuses.
    """
    reference = f"{registries.address(environment)}@{found}"
    for architecture in ARCHITECTURES:
        scan(reference, "--platform", f"linux/{architecture}")
    if signatures.signed(reference):
        print(f"{reference} is signed already")
        return
    for architecture in ARCHITECTURES:
        with tempfile.NamedTemporaryFile(suffix=".json") as parts:
            words = ["image", "--quiet", "--platform", f"linux/{architecture}", "--format", "cyclonedx"]
            _run(str(TRIVY), *words, "--output", parts.name, reference)
            run("cosign", "attest", "--yes", "--type", "cyclonedx", "--predicate", parts.name, reference, seconds=300)
    run("cosign", "sign", "--yes", reference, seconds=300)
    signatures.verify(reference)


def _run(*command: str, **environment: str) -> None:
    """Run it with its output on the log."""
    done = tried(command, seconds=_SECONDS, shown=True, cwd=ROOT, env={**os.environ, **environment})
    if done.returncode:
        raise Refusal(f"{' '.join(command[:3])} failed: its output stands above.", FAILED)


def _commit() -> str:
    return run("git", "rev-parse", "HEAD").strip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.pipeline.images",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words = parser.add_subparsers(required=True)

    def word(name: str, work: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        added = words.add_parser(name)
        added.set_defaults(work=work)
        return added

    added = word("build", lambda a: output("reference", build(a.architecture, a.push, _commit())))
    added.add_argument("architecture", choices=tuple(ARCHITECTURES))
    added.add_argument("--push", default="", metavar="ENV")
    word("scan", lambda a: scan(a.reference)).add_argument("reference")
    word("join", lambda a: output("digest", join(a.environment, _commit()))).add_argument("environment")
    added = word("release", lambda a: release(a.environment, a.digest))
    added.add_argument("environment")
    added.add_argument("digest")
    return parser


if __name__ == "__main__":
    chosen = _parser().parse_args(sys.argv[1:])
    main(lambda: chosen.work(chosen))
