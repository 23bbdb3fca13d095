"""`status`: each release's revision, image, replicas, last failure, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deploy.charts.release import Release
from deploy.release.cluster import Cluster, Object
from deploy.release.installed import Installed, Revision, good

_WORKLOADS = {"Deployment": "deployments", "StatefulSet": "statefulsets", "DaemonSet": "daemonsets"}


@dataclass(frozen=True)
class Health:
    """One release. advice: empty where nothing is to be done. ready, desired: pods."""

    name: str
    revision: str
    status: str
    digest: str
    ready: int
    desired: int
    failure: str
    advice: str


def health(cluster: Cluster, planned: Sequence[Release], installed: Installed, environment: str) -> Iterator[Health]:
    """Of each release that is planned.

    Raises:
        ClusterRefused: the cluster does not answer.
    """
    # By what was installed: whoever asks may not read other kinds.
    last = [installed[release.name][-1] for release in planned if release.name in installed]
    wanted = [each for revision in last for each in revision.objects() if each["kind"] in _WORKLOADS]
    places = sorted({(each["metadata"]["namespace"], _WORKLOADS[each["kind"]]) for each in wanted})
    objects = [each for namespace, kind in places for each in cluster.objects([kind], namespace)]
    there = {(each["kind"], each["metadata"]["namespace"], each["metadata"]["name"]): each for each in objects}
    for release in planned:
        yield _of(release, installed.get(release.name, []), there, environment)


def _of(
    release: Release, revisions: Sequence[Revision], there: dict[tuple[str, str, str], Object], environment: str
) -> Health:
    if not revisions:
        return Health(release.name, "-", "not installed", "", 0, 0, "", f"make deploy ENV={environment}")
    last, runs = revisions[-1], good(revisions)
    failed = next((each for each in reversed(revisions) if each.status in {"failed", *_pending(each)}), None)
    wanted = [each for each in (runs or last).objects() if each["kind"] in _WORKLOADS]
    found = [
        (each, there.get((each["kind"], each["metadata"]["namespace"], each["metadata"]["name"]))) for each in wanted
    ]
    counts = [_counts(each) if each else (0, 1) for _, each in found]
    ready, desired = sum(count[0] for count in counts), sum(count[1] for count in counts)
    advice = _advice(last, runs, environment)
    if not advice and ready < desired:
        advice = (
            f"kubectl describe pods --namespace {release.namespace} --selector app.kubernetes.io/name={release.name}"
        )
    failure = f"revision {failed.number}: {failed.description}" if failed else ""
    return Health(
        release.name, str((runs or last).number), last.status, _digest(wanted), ready, desired, failure, advice
    )


def _pending(each: Revision) -> set[str]:
    return {each.status} if each.pending else set()


def _advice(last: Revision, runs: Revision | None, environment: str) -> str:
    if last.pending or last.status == "uninstalling":
        return f"a deploy is at work, or was ended half-way: make deploy ENV={environment} waits for it or finishes it"
    if runs is None:
        return f"never healthy: mend what its last failure says, and make deploy ENV={environment} again"
    return "" if last is runs else f"the last deploy failed: mend it, and make deploy ENV={environment} again"


def _counts(each: Object) -> tuple[int, int]:
    status = each.get("status", {})
    if each["kind"] == "DaemonSet":
        return status.get("numberReady", 0), status.get("desiredNumberScheduled", 0)
    return status.get("readyReplicas", 0), each["spec"].get("replicas", 1)


def _digest(workloads: Sequence[Object]) -> str:
    images = {each["spec"]["template"]["spec"]["containers"][0]["image"] for each in workloads}
    return ", ".join(sorted(image.rpartition("@")[2] for image in images if "@" in image))
