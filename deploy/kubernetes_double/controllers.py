"""What a cluster does with objects: pods for Deployments, ends of Jobs, volumes for claims, and held deletions.

`with Controllers(api, ...)` runs until the block ends. A test says which pods are never ready and which Jobs fail, by
functions of the Deployment or Job; all others are ready, or complete, at once.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from deploy.kubernetes_double.api import KubernetesApi
from deploy.kubernetes_double.kinds import Key, Object
from deploy.kubernetes_double.refused import Refused
from deploy.kubernetes_double.statuses import STATUSES

_KEEPS = "test.mercat/keeps"


def _never(_: Object) -> bool:
    return False


@dataclass
class Controllers:
    """unready: of Deployments and StatefulSets. failing: of Jobs, which end with `log`. hanging: Jobs that do not end.

    keepers: by kind, the Deployment (namespace, name) without which an object of the kind cannot be deleted.
    """

    api: KubernetesApi
    unready: Callable[[Object], bool] = _never
    failing: Callable[[Object], bool] = _never
    hanging: Callable[[Object], bool] = _never
    log: str = "it failed"
    keepers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    error: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Raises:
        BaseException: what ended the thread.
        """
        with self.api.store.changed:
            self.api.store.closed = True
            self.api.store.changed.notify_all()
        self._thread.join()
        if self.error is not None:
            raise self.error

    def _run(self) -> None:
        seen, store = 0, self.api.store
        try:
            while (news := store.changes(seen)) is not None:
                seen, events = news
                changed = {store.kinds.key_of(event["object"]) for event in events}
                for each in store.listed()[1]:
                    if store.kinds.key_of(each) in changed or each["kind"] in self.keepers:
                        self._reconcile(each)
        except BaseException as error:  # noqa: BLE001 -- told when the block ends
            self.error = error

    def _reconcile(self, each: Object) -> None:
        """Nothing is written where nothing differs, so this ends."""
        store, key = self.api.store, self.api.store.kinds.key_of(each)
        try:
            if each["kind"] in self.keepers:
                self._keep(key, each)
            if "deletionTimestamp" in each["metadata"] or (make := STATUSES.get(each["kind"])) is None:
                return
            if each["kind"] == "Job":
                if self.hanging(each):
                    return
                bad = self.failing(each)
            else:
                bad = self.unready(each)
            self._pods(each, bad=bad)
            status = make(each, bad)
            store.update(key, lambda old: {**old, "status": status}, status=True)
        except Refused as refused:
            if refused.code not in {404, 409}:  # it has changed since: the next round sees it
                raise

    def _keep(self, key: Key, each: Object) -> None:
        """Hold an object by a finalizer, and let it go when its keeper is there to see it deleted."""
        ending, held = "deletionTimestamp" in each["metadata"], each["metadata"].get("finalizers", [])
        there = self.api.store.find(Key("apps/v1", "Deployment", *self.keepers[each["kind"]])) is not None
        if ending and there and _KEEPS in held:
            wanted = [name for name in held if name != _KEEPS]
        elif not ending and there and _KEEPS not in held:
            wanted = [*held, _KEEPS]
        else:
            return
        meta = {**each["metadata"], "finalizers": wanted}
        self.api.store.update(key, lambda old: {**old, "metadata": meta})

    def _pods(self, each: Object, *, bad: bool) -> None:
        """Those of the newest template; where they are ready, or of a Job, those of older ones go."""
        if each["kind"] not in {"DaemonSet", "Deployment", "StatefulSet", "Job"}:
            return
        wanted = list(self._wanted(each, bad=bad))
        there = self._of(each)
        for key in there:
            if key not in {made for made, _ in wanted} and not bad:
                self.api.store.delete(key)
        for key, pod in wanted:
            if key not in there:
                self.api.store.create(key, pod)
            self.api.store.update(key, lambda old, pod=pod: {**old, "status": pod["status"]}, status=True)  # type: ignore[misc]

    def _of(self, owner: Object) -> list[Key]:
        _, pods = self.api.store.listed(Key("v1", "Pod", owner["metadata"]["namespace"], ""))
        mine = [each for each in pods if each["metadata"]["ownerReferences"][0]["uid"] == owner["metadata"]["uid"]]
        return [self.api.store.kinds.key_of(each) for each in mine]

    def _wanted(self, owner: Object, *, bad: bool) -> Iterator[tuple[Key, Object]]:
        template, meta = owner["spec"]["template"], owner["metadata"]
        short = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:10]
        job = owner["kind"] == "Job"
        for number in range(1 if job or bad else owner["spec"].get("replicas", 1)):
            name = f"{meta['name']}-{short}-{number}"
            labels = {**template["metadata"].get("labels", {}), **({"job-name": meta["name"]} if job else {})}
            reference = {
                "apiVersion": owner["apiVersion"],
                "kind": owner["kind"],
                "name": meta["name"],
                "uid": meta["uid"],
            }
            about: dict[str, Any] = {"name": name, "namespace": meta["namespace"], "labels": labels}
            about |= {"ownerReferences": [{**reference, "controller": True}], "annotations": {"log": self.log}}
            pod = {"apiVersion": "v1", "kind": "Pod", "metadata": about, "spec": template["spec"]}
            yield Key("v1", "Pod", meta["namespace"], name), {**pod, "status": _pod_status(job=job, bad=bad)}


def _pod_status(*, job: bool, bad: bool) -> Object:
    if job:
        return {"phase": "Failed" if bad else "Succeeded"}
    if not bad:
        return {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off restarting failed container"}}
    state = {"name": "service", "ready": False, "restartCount": 3, "state": waiting}
    return {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}], "containerStatuses": [state]}
