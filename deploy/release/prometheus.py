"""Asks the cluster's Prometheus: at an address, or by a port forwarded to one of its pods."""

from __future__ import annotations

import contextlib
import math
import os
import re
import select
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx

from deploy.refusal import Refusal
from deploy.release.cluster import Cluster
from local_servers import child

NAMESPACE = "monitoring"
# The operator's names of them (deploy/platform/values/kube-prometheus-stack.yaml): deployers reach these alone.
PODS = ("prometheus-watch-prometheus-0", "prometheus-watch-prometheus-1")
_PORT = 9090
_SECONDS = 10.0
_FORWARDING = re.compile(r"Forwarding from (127\.0\.0\.1:\d+) ->")


class NoAnswer(Refusal):
    """Prometheus could not be asked."""


@dataclass(frozen=True)
class Sample:
    """One series of an answer."""

    labels: Mapping[str, str]
    value: float


@contextlib.contextmanager
def address(cluster: Cluster, url: str = "") -> Iterator[str]:
    """Where to ask, while the block runs.

    Raises:
        NoAnswer: no pod of Prometheus forwards a port.
    """
    if url:
        yield url.rstrip("/")
        return
    with contextlib.ExitStack() as stack:
        yield _forwarded(cluster, stack)


def ask(at: str, query: str) -> list[Sample]:
    """The series of an instant query; those that are no number are left out.

    Raises:
        NoAnswer: there is none, or no right one.
    """
    try:
        answer = httpx.get(f"{at}/api/v1/query", params={"query": query}, timeout=_SECONDS)
        if answer.status_code != 200:
            raise NoAnswer(f"Prometheus answered {answer.status_code} to {query}: {answer.text[:200]}")
        found = [Sample(each["metric"], float(each["value"][1])) for each in answer.json()["data"]["result"]]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError) as error:
        raise NoAnswer(f"Prometheus cannot be asked: {type(error).__name__}: {error}") from error
    return [each for each in found if not math.isnan(each.value)]


def _forwarded(cluster: Cluster, stack: contextlib.ExitStack) -> str:
    said = []
    for pod in PODS:
        words = ["--namespace", NAMESPACE, "port-forward", f"pod/{pod}", f":{_PORT}"]
        pipe = subprocess.PIPE
        process = stack.enter_context(
            subprocess.Popen(
                child.command(cluster.kubectl_command(*words)), stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe
            )
        )
        stack.callback(process.kill)
        output = _first_line(process)
        if found := _FORWARDING.search(output):
            return f"http://{found[1]}"
        process.kill()
        said.append(f"{pod}: {output or process.communicate()[1].decode(errors='replace').strip()}")
    raise NoAnswer("No pod of Prometheus forwards its port: " + "; ".join(said))


def _first_line(process: subprocess.Popen[bytes]) -> str:
    """What the process prints first; empty where it prints nothing in time."""
    assert process.stdout is not None  # noqa: S101 -- it is a pipe
    deadline, text = time.monotonic() + _SECONDS, b""
    while b"\n" not in text and (left := deadline - time.monotonic()) > 0:
        if not select.select([process.stdout], [], [], left)[0]:
            break
        if not (part := os.read(process.stdout.fileno(), 4096)):
            break
        text += part
    return text.decode(errors="replace")
