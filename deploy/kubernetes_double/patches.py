"""The two ways to patch that are known here: JSON merge and server-side apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from deploy.kubernetes_double.kinds import Key, Object
from deploy.kubernetes_double.refused import Refused, conflict
from deploy.kubernetes_double.store import Store

MERGE, APPLY = "application/merge-patch+json", "application/apply-patch+yaml"


def patch(store: Store, key: Key, kind: str, body: bytes, query: Mapping[str, str], *, status: bool) -> Object:
    """What an object becomes by a patch of the media type `kind`. query: fieldManager, force, dryRun.

    Raises:
        Refused: there is no such object, or other managers have set what is applied.
    """
    wanted = yaml.safe_load(body)
    dry = "dryRun" in query
    if kind == APPLY:
        manager, force = query.get("fieldManager", ""), query.get("force") == "true"
        return apply(store, key, wanted, manager, force=force, status=status, dry=dry)
    if kind != MERGE:
        raise Refused(415, "UnsupportedMediaType", f"the body of the request was in an unknown format: {kind}")
    return store.update(key, lambda old: merged(old, wanted), status=status, dry=dry)


def apply(
    store: Store, key: Key, wanted: Object, manager: str, *, force: bool, status: bool = False, dry: bool = False
) -> Object:
    """Server-side apply: what `manager` applied before and applies no more is removed, all else stays.

    Raises:
        Refused: another manager has applied another value of a field, and `force` was not asked for.
    """
    with store.changed:
        others = {name: known for name, known in store.applied.get(key, {}).items() if name != manager}
        mine = {name: value for name, value in wanted.items() if name not in {"apiVersion", "kind"}}
        fields, taken = dict(_fields(mine)), [dict(_fields(known)) for known in others.values()]
        if not force and (
            lost := [path for known in taken for path in known if fields.get(path, known[path]) != known[path]]
        ):
            raise conflict(key, f"Apply failed with conflicts: {', '.join('.'.join(path) for path in lost)}")
        dropped = set(dict(_fields(store.applied.get(key, {}).get(manager, {})))) - set(fields)
        dropped -= {path for known in taken for path in known}
        if store.find(key) is None:
            made = store.create(key, wanted, dry=dry)
        else:
            made = store.update(key, lambda old: merged(_without(old, dropped), mine), status=status, dry=dry)
        if not dry:
            store.applied.setdefault(key, {})[manager] = mine
        return made


def merged(old: Any, new: Any) -> Any:
    """A JSON merge patch."""
    if not isinstance(new, dict):
        return new
    result = dict(old) if isinstance(old, dict) else {}
    for name, value in new.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def _fields(document: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Path and value of what is no mapping. A list is one value."""
    if not isinstance(document, dict):
        yield path, document
        return
    for name, value in document.items():
        yield from _fields(value, (*path, name))


def _without(document: Object, paths: set[tuple[str, ...]]) -> Object:
    for path in paths:
        place: Any = document
        for name in path[:-1]:
            place = place.get(name) if isinstance(place, dict) else None
        if isinstance(place, dict):
            place.pop(path[-1], None)
    return document
