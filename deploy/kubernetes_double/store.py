"""The objects and every change of them, by the rules of the Kubernetes API: versions, generations, deletion."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from deploy.kubernetes_double.kinds import Key, Kinds, Object
from deploy.kubernetes_double.refused import conflict, exists, not_found

_SYSTEM = ("uid", "creationTimestamp", "generation", "deletionTimestamp")
_NOW = "2026-01-01T00:00:00Z"
_FOREGROUND = "foregroundDeletion"


class Store:
    """All methods may be called from any thread. What they return must not be changed."""

    def __init__(self) -> None:
        self.kinds = Kinds()
        self.changed = threading.Condition(threading.RLock())
        self.closed = False
        self._objects: dict[Key, Object] = {}
        self._events: list[tuple[Key, Object]] = []
        # By object and field manager: what it applied last.
        self.applied: dict[Key, dict[str, Object]] = {}

    def listed(self, wanted: Key | None = None) -> tuple[int, list[Object]]:
        """The number of all changes until now, and the objects of a kind, or one of them, or all."""
        with self.changed:
            found = [each for key, each in self._objects.items() if wanted is None or wanted.selects(key)]
            return len(self._events), found

    def changes(self, since: int, wanted: Key | None = None) -> tuple[int, list[Object]] | None:
        """What has changed after so many changes, waiting until something has; None when the server is closing."""
        with self.changed:
            self.changed.wait_for(lambda: self.closed or len(self._events) > since)
            found = [event for key, event in self._events[since:] if wanted is None or wanted.selects(key)]
            return None if self.closed else (len(self._events), found)

    def find(self, key: Key) -> Object | None:
        """The object, if it is there."""
        with self.changed:
            return self._objects.get(key)

    def get(self, key: Key) -> Object:
        """Raises:
        Refused: there is none.
        """
        if (found := self.find(key)) is None:
            raise not_found(key)
        return found

    def create(self, key: Key, each: Object, *, dry: bool = False, anywhere: bool = False) -> Object:
        """Raises:
        Refused: it exists, or its namespace does not. anywhere: it need not.
        """
        with self.changed:
            space = Key("v1", "Namespace", "", key.namespace)
            if not anywhere and key.namespace not in {"", "default", "kube-system"} and space not in self._objects:
                raise not_found(space)
            if key in self._objects:
                raise exists(key)
            return self._store(key, {name: value for name, value in each.items() if name != "status"}, dry=dry)

    def update(
        self, key: Key, change: Callable[[Object], Object], *, status: bool = False, dry: bool = False
    ) -> Object:
        """Replace an object by what `change` makes of it: its status alone, or all but its status.

        Raises:
            Refused: there is none, or it is another version than `change` names.
        """
        with self.changed:
            old = self.get(key)
            made = change(deepcopy(old))
            if made["metadata"].get("resourceVersion", "") not in {"", old["metadata"]["resourceVersion"]}:
                raise conflict(key, "the object has been modified; please apply your changes to the latest version")
            if made["metadata"].get("uid", old["metadata"]["uid"]) != old["metadata"]["uid"]:
                raise conflict(key, "Precondition failed: UID in precondition differs")
            if status:
                made = {**old, **({"status": made["status"]} if "status" in made else {})}
            else:
                made = {**made, **({"status": old["status"]} if "status" in old else {})}
            return self._store(key, made, dry=dry)

    def delete(self, key: Key, propagation: str = "Background") -> Object:
        """Begin to delete: what has finalizers stays until they are taken away.

        Raises:
            Refused: there is none.
        """
        with self.changed:
            each = deepcopy(self.get(key))
            if propagation == "Orphan":
                for dependent, other in self._dependents(each):
                    owners = [ref for ref in other["metadata"]["ownerReferences"] if ref["uid"] != _uid(each)]
                    self._store(dependent, {**other, "metadata": {**other["metadata"], "ownerReferences": owners}})
            each["metadata"].setdefault("deletionTimestamp", _NOW)
            if propagation == "Foreground" and _FOREGROUND not in _finalizers(each):
                each["metadata"]["finalizers"] = [*_finalizers(each), _FOREGROUND]
            self._mark(key, each)
            self._collect()
            return each

    def _store(self, key: Key, each: Object, *, dry: bool = False) -> Object:
        """Write what a client sent, unless nothing differs; with `dry` only what that would be."""
        old, meta = self._objects.get(key), dict(each["metadata"])
        kept: dict[str, Any] = {"uid": str(uuid.uuid4()), "creationTimestamp": _NOW, "generation": 1}
        if old is not None:
            kept = {name: old["metadata"][name] for name in _SYSTEM if name in old["metadata"]}
            kept["generation"] += _specified(old) != _specified(each)
            kept["resourceVersion"] = old["metadata"]["resourceVersion"]
        meta = {**{name: value for name, value in meta.items() if name not in _SYSTEM}, **kept}
        meta |= {"name": key.name} | ({"namespace": key.namespace} if key.namespace else {})
        made = {"apiVersion": key.version, "kind": key.kind, **each, "metadata": meta}
        if not dry and made != old:
            self._write(key, made)
            self._collect()
        return made

    def _write(self, key: Key, each: Object) -> None:
        each["metadata"]["resourceVersion"] = str(len(self._events) + 1)
        self._events.append((key, {"type": "MODIFIED" if key in self._objects else "ADDED", "object": each}))
        self._objects[key] = each
        if key.kind == "CustomResourceDefinition":
            self.kinds.define(each)
        self.changed.notify_all()

    def _mark(self, key: Key, each: Object) -> None:
        """Keep an object that is being deleted; an event says so where it does not end at once."""
        self._objects[key] = each
        if not self._may_end(key, each):
            self._write(key, each)

    def _dependents(self, owner: Object) -> list[tuple[Key, Object]]:
        return [(key, each) for key, each in self._objects.items() if _uid(owner) in _owners(each)]

    def _collect(self) -> None:
        """Remove what waits for nothing more, and begin to delete what belonged to it, until nothing is left to do."""
        while True:
            ending = {key: each for key, each in self._objects.items() if "deletionTimestamp" in each["metadata"]}
            ended = [key for key, each in ending.items() if self._may_end(key, each)]
            for key in ended:
                each = self._objects.pop(key)
                self.applied.pop(key, None)
                last = {**each, "metadata": {**each["metadata"], "resourceVersion": str(len(self._events) + 1)}}
                self._events.append((key, {"type": "DELETED", "object": last}))
                self.changed.notify_all()
            orphans = self._lost({key.name for key in ending if key.kind == "Namespace"})
            for key in orphans:
                each = deepcopy(self._objects[key])
                each["metadata"]["deletionTimestamp"] = _NOW
                self._mark(key, each)
            if not ended and not orphans:
                return

    def _may_end(self, key: Key, each: Object) -> bool:
        """Whether it is being deleted and nothing holds it."""
        if set(_finalizers(each)) - {_FOREGROUND}:
            return False
        if key.kind == "Namespace" and any(other.namespace == key.name for other in self._objects):
            return False
        return _FOREGROUND not in _finalizers(each) or not self._dependents(each)

    def _lost(self, spaces: set[str]) -> list[Key]:
        """What is to be deleted too, since its owners or its namespace are or will be gone."""
        owned = {key: owners for key, each in self._objects.items() if (owners := _owners(each))}
        living = {_uid(each) for each in self._objects.values()} if owned else set()
        living -= (
            {_uid(each) for each in self._objects.values() if _FOREGROUND in _finalizers(each)} if owned else set()
        )
        lost = [key for key, owners in owned.items() if not owners & living]
        lost += [key for key in self._objects if key.namespace in spaces] if spaces else []
        return [key for key in dict.fromkeys(lost) if "deletionTimestamp" not in self._objects[key]["metadata"]]


def _specified(each: Object) -> Object:
    return {name: value for name, value in each.items() if name not in {"metadata", "status"}}


def _uid(each: Object) -> str:
    return str(each["metadata"]["uid"])


def _owners(each: Object) -> set[str]:
    return {ref["uid"] for ref in each["metadata"].get("ownerReferences", [])}


def _finalizers(each: Object) -> list[str]:
    return list(each["metadata"].get("finalizers", []))
