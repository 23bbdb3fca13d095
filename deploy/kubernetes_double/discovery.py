"""What the API says of itself: its version, and the kinds that it knows."""

from __future__ import annotations

from typing import Any

from deploy.kubernetes_double.kinds import Kinds, Object

_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
VERSION = {"major": "1", "minor": "37", "gitVersion": "v1.37.0", "platform": "linux/amd64"}


def document(path: str, kinds: Kinds) -> Object | None:
    """The answer to a path of discovery; None for other paths."""
    words = path.strip("/").split("/")
    if words == ["version"]:
        return dict(VERSION)
    if words[:2] == ["openapi", "v3"]:
        return _openapi("/".join(words[2:]), kinds)
    if words == ["api"]:
        return {"kind": "APIVersions", "versions": ["v1"]}
    if words == ["apis"]:
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": _groups(kinds)}
    version = "/".join(words[1:])
    if words[0] in {"api", "apis"} and version in kinds.versions():
        resources = [_resource(*each) for each in kinds.resources(version)]
        return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources}
    return None


def _openapi(path: str, kinds: Kinds) -> Object | None:
    """The schemas that are there: none, but that a patch takes `fieldValidation`, which kubectl and helm look for."""
    paths = {(f"apis/{version}" if "/" in version else f"api/{version}"): version for version in kinds.versions()}
    if not path:
        return {"paths": {name: {"serverRelativeURL": f"/openapi/v3/{name}"} for name in paths}}
    if path not in paths:
        return None
    group, _, version = paths[path].rpartition("/")
    parameter = {"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}
    found = {}
    for plural, kind, _ in kinds.resources(paths[path]):
        about = {"group": group, "kind": kind, "version": version}
        patch = {"parameters": [parameter], "responses": {}, "x-kubernetes-group-version-kind": about}
        found[f"/{path}/{plural}/{{name}}"] = {"patch": patch}
    return {"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": VERSION["gitVersion"]}, "paths": found}


def _groups(kinds: Kinds) -> list[Object]:
    groups: dict[str, list[Any]] = {}
    for version in kinds.versions():
        group, slash, short = version.partition("/")
        if slash:
            groups.setdefault(group, []).append({"groupVersion": version, "version": short})
    return [{"name": name, "versions": found, "preferredVersion": found[0]} for name, found in groups.items()]


def _resource(plural: str, kind: str, namespaced: bool) -> Object:  # noqa: FBT001 -- as Kinds gives it
    return {"name": plural, "singularName": kind.lower(), "kind": kind, "namespaced": namespaced, "verbs": _VERBS}
