"""What controllers write into the status of an object, by kind. bad: it never gets ready, or fails."""

from __future__ import annotations

from collections.abc import Callable

from deploy.kubernetes_double.kinds import Object


def _deployment(each: Object, bad: bool) -> Object:  # noqa: FBT001 -- all have one shape
    """While new pods do not get ready, those of before stay: maxUnavailable is 0."""
    before, most = each.get("status", {}), each["spec"].get("replicas", 1)
    ready = before.get("readyReplicas", 0) if bad else most
    replicas = {"replicas": ready + bad, "updatedReplicas": 1 if bad else most, "readyReplicas": ready}
    replicas |= {"availableReplicas": ready, **({"unavailableReplicas": 1} if bad else {})}
    progress = ("False", "ProgressDeadlineExceeded") if bad else ("True", "NewReplicaSetAvailable")
    available = _condition("Available", "True" if ready else "False", "MinimumReplicasAvailable")
    message = f'ReplicaSet of "{each["metadata"]["name"]}" {"has timed out progressing" if bad else "has progressed"}.'
    conditions = [available, {**_condition("Progressing", *progress), "message": message}]
    return {"observedGeneration": each["metadata"]["generation"], **replicas, "conditions": conditions}


def _stateful(each: Object, bad: bool) -> Object:  # noqa: FBT001 -- all have one shape
    most = each["spec"].get("replicas", 1)
    ready = 0 if bad else most
    counts = dict.fromkeys(("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"), ready)
    revision = dict.fromkeys(("currentRevision", "updateRevision"), str(each["metadata"]["generation"]))
    return {"observedGeneration": each["metadata"]["generation"], "replicas": most, **counts, **revision}


def _daemon(each: Object, bad: bool) -> Object:  # noqa: FBT001 -- all have one shape
    counts = ("desiredNumberScheduled", "currentNumberScheduled", "updatedNumberScheduled")
    ready = dict.fromkeys(("numberReady", "numberAvailable"), 0 if bad else 1)
    return {"observedGeneration": each["metadata"]["generation"], **dict.fromkeys(counts, 1), **ready}


def _job(_: Object, bad: bool) -> Object:  # noqa: FBT001 -- all have one shape
    if not bad:
        return {"succeeded": 1, "conditions": [_condition("Complete", "True", "CompletionsReached")]}
    message = "Job has reached the specified backoff limit"
    return {"failed": 4, "conditions": [{**_condition("Failed", "True", "BackoffLimitExceeded"), "message": message}]}


def _claim(_: Object, bad: bool) -> Object:  # noqa: FBT001 -- all have one shape
    return {"phase": "Pending" if bad else "Bound"}


def _definition(each: Object, _: bool) -> Object:  # noqa: FBT001 -- all have one shape
    conditions = [
        _condition("NamesAccepted", "True", "NoConflicts"),
        _condition("Established", "True", "InitialNamesAccepted"),
    ]
    return {"acceptedNames": each["spec"]["names"], "conditions": conditions}


def _condition(kind: str, status: str, reason: str) -> Object:
    return {"type": kind, "status": status, "reason": reason}


STATUSES: dict[str, Callable[[Object, bool], Object]] = {
    "CustomResourceDefinition": _definition,
    "DaemonSet": _daemon,
    "Deployment": _deployment,
    "Job": _job,
    "PersistentVolumeClaim": _claim,
    "StatefulSet": _stateful,
}
