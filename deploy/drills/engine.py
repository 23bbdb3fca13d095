"""Podman and buildah, and the images that they make of the working tree."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "deploy" / "images"
WHEELS = ROOT / ".venv" / "images" / "x86_64"
# By its recipe: a changed one is another base.
BASE = f"localhost/mercat-test-base:{hashlib.sha256((IMAGES / 'test_base.sh').read_bytes()).hexdigest()[:12]}"
CODE = ("chassis", "services")
NOT_IN_IMAGES = (":(exclude,glob)**/tests/**", ":(exclude)chassis/testing", ":(exclude,glob)**/*.md")
PROGRAMS = ("podman", "buildah", "runc", "mmdebstrap")
os.environ["CONTAINERS_CONF"] = str(IMAGES / "containers.conf")


def missing() -> str | None:
    """Why no image can be built here; None where one can."""
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if absent:
        return f"{' '.join(absent)} not found: as root on Debian, sh tools/install_container_tools.sh installs them"
    if os.geteuid() != 0:
        return "images are built and run as root alone"
    return None if os.uname().machine == "x86_64" else "the wheels of the tests are for x86_64"


def run(*argv: str | Path, **options: Any) -> str:
    """What the command printed.

    Raises:
        RuntimeError: it failed; the message is its own.
    """
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    done = subprocess.run([str(part) for part in argv], cwd=ROOT, text=True, check=False, **pipes)
    if done.returncode:
        raise RuntimeError(
            f"{argv[0]} {argv[1]} ended with {done.returncode}: {(done.stdout + (done.stderr or ''))[-4000:]}"
        )
    return str(done.stdout).strip()


def inspect(kind: str, name: str) -> dict[str, Any]:
    """What podman knows of a "container" or an "image"."""
    found: dict[str, Any] = json.loads(run("podman", kind, "inspect", name))[0]
    return found


def working_tree() -> str:
    """The tree object of all files here, committed or not."""
    with tempfile.TemporaryDirectory() as folder:
        index = {**os.environ, "GIT_INDEX_FILE": f"{folder}/index"}
        run("git", "read-tree", "HEAD", env=index)
        run("git", "add", "--all", env=index)
        return run("git", "write-tree", env=index)


def previous_code(named: str = "") -> tuple[str, str]:
    """The revision `named`, else the previous release or the commit before the last one that changed a service's code;
    and a tree with its services, which is as the working tree in all else, so that the same Dockerfile builds both.
    """
    tags = run("git", "tag", "--merged", "HEAD", "--sort=-creatordate").split()
    last = run("git", "log", "-1", "--format=%H", "--", *CODE, *NOT_IN_IMAGES)
    name = named or (tags[0] if tags else run("git", "rev-parse", "--short", f"{last}^"))
    with tempfile.TemporaryDirectory() as folder:
        index = {**os.environ, "GIT_INDEX_FILE": f"{folder}/index"}
        run("git", "read-tree", working_tree(), env=index)
        for part in CODE:
            run("git", "rm", "-r", "-q", "--cached", part, env=index)
            run("git", "read-tree", f"--prefix={part}/", f"{name}:{part}", env=index)
        return name, run("git", "write-tree", env=index)


def base() -> str:
    """The base of the tests with its digest, made where it is not there yet."""
    return run("sh", IMAGES / "test_base.sh", BASE)


def build(tag: str, *, revision: str, **environment: str) -> str:
    """The tag of the image, built as the pipeline would."""
    run("sh", IMAGES / "wheels.sh", "x86_64", WHEELS)
    variables = {**os.environ, "REVISION": revision, **environment}
    run("sh", IMAGES / "build.sh", base(), tag, WHEELS, env=variables)
    return tag
