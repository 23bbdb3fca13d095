"""One deploy at a time in a cluster: a Lease, taken by conditional writes, renewed while work goes on, and expiring.

Whoever holds it changes it every few seconds. Another sees that it has not changed for as long as it lasts, by its own
clock alone, and takes it; two who do so at once write on the same version of it, and one of them is refused.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from deploy.refusal import Refusal
from deploy.release.cluster import Cluster, ClusterRefused, Object
from deploy.release.planned import NAMESPACE
from deploy.terminal import Terminal

NAME = "mercat-deploy"


@contextlib.contextmanager
def held(cluster: Cluster, terminal: Terminal, *, seconds: int = 30) -> Iterator[Callable[[], None]]:
    """Hold the lease while the block runs, or until it calls what it is given. Once lost, it ends helm and kubectl.

    Raises:
        Refusal: somebody else is at work, or the lease was lost.
    """
    holder = (
        f"{os.environ.get('USER', 'somebody')}@{socket.gethostname()}, process {os.getpid()} ({uuid.uuid4().hex[:8]})"
    )
    # The last version that this process wrote: on another it never writes.
    latest = [_taken(cluster, terminal, holder, seconds)]
    end, lost = threading.Event(), threading.Event()
    thread = threading.Thread(target=_renewed, args=(cluster, latest, seconds, end, lost))
    thread.start()

    def unlock() -> None:
        if not end.is_set():
            end.set()
            thread.join()
            with contextlib.suppress(ClusterRefused):  # then it expires
                _written(cluster, latest[0], "", seconds)

    try:
        yield unlock
    finally:
        unlock()
        if lost.is_set():
            raise Refusal(
                f"The lease {NAME} was lost: somebody else took it, or the cluster did not answer for {seconds} s."
                " All of helm was ended at once. Run the command again: it finishes what is half done."
            )


def _taken(cluster: Cluster, terminal: Terminal, holder: str, seconds: int) -> Object:
    """The lease, held by this process."""
    if (found := _latest(cluster)) is None:
        with contextlib.suppress(ClusterRefused):  # somebody else made it meanwhile
            return _created(cluster, holder, seconds)
        found = _latest(cluster)
    if found is not None and found["spec"].get("holderIdentity"):
        found = _expired(cluster, terminal, found)
    try:
        return _written(cluster, found, holder, seconds)
    except ClusterRefused as refused:
        raise Refusal(f"Somebody else began at the same time: try again when they are done. ({refused})") from None


def _expired(cluster: Cluster, terminal: Terminal, found: Object) -> Object:
    """The lease, once it has not been renewed for as long as it lasts."""
    spec = found["spec"]
    lasts, who = spec.get("leaseDurationSeconds", 30), spec["holderIdentity"]
    terminal.say(f"  {who} has begun at {spec.get('acquireTime', '?')}: waiting {lasts} s to see whether it still runs")
    deadline = time.monotonic() + lasts
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(left, 1))  # time is what is waited for
        latest = _latest(cluster)
        if latest is None or latest["metadata"]["resourceVersion"] != found["metadata"]["resourceVersion"]:
            if latest is not None and not latest["spec"].get("holderIdentity"):
                return latest
            raise Refusal(f"{who} is at work on this cluster: wait until it is done, then run the command again.")
    terminal.say("  it does not: going on in its place, from what is half done", "yellow")
    return found


def _renewed(cluster: Cluster, latest: list[Object], seconds: int, end: threading.Event, lost: threading.Event) -> None:
    """Renew until the end; without a success for as long as it lasts, it is lost."""
    renewed = time.monotonic()
    while not end.wait(seconds / 6):
        try:
            latest[0] = _written(cluster, latest[0], latest[0]["spec"]["holderIdentity"], seconds)
            renewed = time.monotonic()
        except Exception as error:  # noqa: BLE001 -- whatever it is, the lease is not renewed
            if "Conflict" in str(error) or "modified" in str(error) or time.monotonic() - renewed > seconds * 2 / 3:
                lost.set()
                cluster.processes.end()
                return


def _latest(cluster: Cluster) -> Object | None:
    output = cluster.kubectl("get", "leases", NAME, "--namespace", NAMESPACE, "--ignore-not-found", "--output", "json")
    found: Object | None = json.loads(output) if output.strip() else None
    return found


def _created(cluster: Cluster, holder: str, seconds: int) -> Object:
    about = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": NAME, "namespace": NAMESPACE},
    }
    return _sent(cluster, "create", {**about, "spec": _spec({}, holder, seconds)})


def _written(cluster: Cluster, document: Object | None, holder: str, seconds: int) -> Object:
    """Replace this very version of the lease."""
    if document is None:
        return _created(cluster, holder, seconds)
    return _sent(cluster, "replace", {**document, "spec": _spec(document["spec"], holder, seconds)})


def _spec(before: Object, holder: str, seconds: int) -> Object:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    same = before.get("holderIdentity") == holder
    return {
        "holderIdentity": holder,
        "leaseDurationSeconds": seconds,
        "acquireTime": before["acquireTime"] if same else now,
        "renewTime": now,
        "leaseTransitions": before.get("leaseTransitions", 0) + (not same),
    }


def _sent(cluster: Cluster, verb: str, document: Object) -> Object:
    written: Object = json.loads(
        cluster.kubectl(verb, "--filename", "-", "--output", "json", stdin=json.dumps(document), seconds=10)
    )
    return written
