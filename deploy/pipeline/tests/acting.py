"""A copy of this repository in which act runs the workflow `deploy`, in host mode, against stand-ins.

Real: the workflow's own steps, deploy.pipeline, deploy.release, helm, kubectl and Prometheus. Stand-ins: the Kubernetes
API (deploy/kubernetes_double), the program `aws`, a shop that answers as the version that runs, actions of others that
do nothing, and `make` for tools that are there: act copies files with new times, so the real one would install anew.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from chassis.testing.skipping import skip_without
from deploy.charts import helm
from deploy.release.tests.clusters import Standing
from deploy.release.tests.test_smoke import GOOD
from tools.copies import copy_files

ACT = helm.ROOT / ".venv" / "workflows" / "bin" / "act"
WORKFLOW = ".github/workflows/deploy.yml"
NOTHING = """\
name: stands in
description: does nothing
runs: {using: composite, steps: [{run: "true", shell: sh}]}
"""
# What the workflow and deploy.release ask of AWS; anything else is an error, as from the real one.
AWS = """#!/bin/sh
echo "$*" >> {notes}
case "$*" in
"eks update-kubeconfig --name mercat-development") exit 0 ;;
"ssm get-parameter --name /mercat/development/handover "*) exec cat {handover} ;;
*) echo "stand-in: $*" >&2; exit 254 ;;
esac
"""
MAKE = """#!/bin/sh
[ "$*" = .venv/.kubernetes-ready ] && [ -e "$1" ] && exit 0
echo "stand-in: make $*" >&2; exit 2
"""


class Run(NamedTuple):
    """What act ended with, and what it said."""

    code: int
    said: str


def repository(folder: Path) -> Path:
    """A copy of what git knows here, committed, with this tree's .venv."""
    if not ACT.exists():
        skip_without("act", "make workflows brings it")
    copy_files(folder)
    (folder / ".venv").symlink_to(helm.ROOT / ".venv")
    if subprocess.run(
        ["make", "-q", ".venv/.kubernetes-ready"], cwd=folder, check=False, capture_output=True
    ).returncode:
        skip_without("tools that are up to date", "make .venv/.kubernetes-ready; the job would install them anew")
    named = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q", "-b", "main"], ["add", "--all"], [*named, "commit", "-q", "-m", "All of it"]):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
    return folder


@contextmanager
def shop(cluster: Standing, broken: str, met: Callable[[str], None]) -> Iterator[str]:
    """The address of a shop whose products are 502 while the catalog runs the image `broken`.

    met: is told of each request which image of the catalog it met.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self, before: str = "") -> None:
            status, kind, body = GOOD.get(before + self.path, (404, "text/plain", "nothing here"))
            met(runs := cluster.runs("catalog"))
            if self.path == "/api/v1/products" and runs == broken:
                status, kind, body = 502, "text/plain", "no pod answers"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def do_POST(self) -> None:
            self.do_GET("POST ")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def act(repository: Path, aside: Path, handover: Path, **inputs: str) -> Run:
    """Run the job `deploy` as if somebody had started it with these inputs."""
    tools = aside / "tools"
    tools.mkdir(parents=True, exist_ok=True)
    (tools / "nothing").mkdir(exist_ok=True)
    (tools / "nothing" / "action.yml").write_text(NOTHING)
    (tools / "aws").write_text(AWS.format(notes=aside / "asked", handover=handover))
    (tools / "make").write_text(MAKE)
    for name in ("aws", "make"):
        (tools / name).chmod(0o755)
    text = (repository / WORKFLOW).read_text()
    label = "codebuild-mercat-development-runner-1-1"
    words = [
        "workflow_dispatch",
        "--workflows",
        WORKFLOW,
        "--job",
        "deploy",
        "--use-gitignore=false",
        "--no-cache-server",
    ]
    words += [f"--platform={label}=-self-hosted", "--env", f"KUBECONFIG={os.environ['KUBECONFIG']}"]
    for name in re.findall(r"uses: ([\w./-]+@[0-9a-f]{40})", text):
        words += ["--local-repository", f"{name}={tools / 'nothing'}"]
    for name, value in {"environment": "development", **inputs}.items():
        words += ["--input", f"{name}={value}"]
    for name in set(re.findall(r"vars\.(\w+)", text)):
        words += ["--var", f"{name}={'development' if name == 'ENVIRONMENT' else 'stand-in'}"]
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(aside), "XDG_CACHE_HOME": str(aside / "cache")}
    return bounded([str(ACT), *words], repository, environment, 300)


def bounded(command: list[str], folder: Path, environment: dict[str, str], seconds: float) -> Run:
    """Run a program in a group of its own, which ends as a whole if it is not done in time."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    ) as process:
        try:
            said, wrong = process.communicate(timeout=seconds)
        except BaseException:  # not done in time, or Ctrl-C, which no longer reaches the group
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return Run(process.returncode, said + wrong)
