"""A typed reading of `terraform show -json`: what a plan changes, and how each resource will look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any, Final

Json = dict[str, Any]
_MODULE = re.compile(r'module\.([\w-]+)(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?')
_KINDS = {"no-op": "nothing", "read": "nothing", "delete": "destroy"}


class Unknown:
    """A value that AWS decides when the plan is applied."""

    def __repr__(self) -> str:
        return "(known after apply)"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Resource:
    """One managed resource as it will be, or as it is.

    values: its attributes, UNKNOWN where they are not known yet. expressions: what its configuration sets, in
    Terraform's own form; empty when it was read from a state. index: its key of for_each or count.
    """

    address: str
    type: str
    name: str
    module: str
    values: Mapping[str, Any]
    index: str | int | None = None
    expressions: Mapping[str, Any] = field(default_factory=dict)

    def get(self, path: str) -> Any:
        """The value at a path such as "ebs.0.encrypted": None where there is nothing, UNKNOWN where it is not known."""
        value: Any = self.values
        for step in path.split("."):
            if value is UNKNOWN:
                return UNKNOWN
            if isinstance(value, list):
                value = value[int(step)] if int(step) < len(value) else None
            else:
                value = value.get(step) if isinstance(value, Mapping) else None
        return value

    def has(self, path: str) -> bool:
        """Whether there is a value, known or not."""
        return self.get(path) not in (None, "", [], {})

    def on(self, path: str) -> bool:
        """Whether a switch is on (the provider has some that are strings). What is not known yet counts as on."""
        return self.get(path) in (True, "true", UNKNOWN)

    def each(self, path: str) -> list[Any]:
        """The elements of a list at a path, as far as they are known."""
        value = self.get(path)
        return [element for element in value if element is not UNKNOWN] if isinstance(value, list) else []

    def blocks(self, path: str) -> list[Resource]:
        """The blocks at a path, each to be read like a resource."""
        return [replace(self, values=block) for block in self.each(path) if isinstance(block, Mapping)]

    def belongs_to(self, attribute: str, other: Resource, other_attribute: str) -> bool:
        """Whether `attribute` names `other`: by value, or by reference while the value is not known."""
        mine, theirs = self.get(attribute), other.get(other_attribute)
        if mine is not UNKNOWN and theirs is not UNKNOWN:
            return mine is not None and mine == theirs
        refers = f"{other.type}.{other.name}" in (self.expressions.get(attribute) or {}).get("references", [])
        return refers and self.module == other.module and (other.index is None or other.index == self.index)


@dataclass(frozen=True)
class Change:
    """What happens to one resource. kind: nothing, create, update, replace, destroy or forget.

    tainted: it was left half made, and is replaced for no other reason.
    """

    address: str
    type: str
    kind: str
    before: Resource | None
    after: Resource | None
    tainted: bool = False


@dataclass(frozen=True)
class Plan:
    """One layer's plan, or its state (then nothing changes). drifted: how many resources others have changed."""

    environment: str
    layer: str
    changes: list[Change]
    drifted: int = 0

    @property
    def resources(self) -> list[Resource]:
        """Every resource as it will be."""
        return [change.after for change in self.changes if change.after is not None]

    @property
    def before(self) -> list[Resource]:
        """Every resource as it was."""
        return [change.before for change in self.changes if change.before is not None]

    def of(self, *types: str) -> list[Resource]:
        """The resources of these types."""
        return [resource for resource in self.resources if resource.type in types]


def read(shown: Json, environment: str = "", layer: str = "") -> Plan:
    """A saved plan that Terraform has shown."""
    configured = dict(_configured((shown.get("configuration") or {}).get("root_module") or {}, ()))
    entries = [entry for entry in shown.get("resource_changes") or [] if entry["mode"] == "managed"]
    drift = [entry for entry in shown.get("resource_drift") or [] if entry["change"]["actions"] != ["no-op"]]
    return Plan(environment, layer, [_change(entry, configured) for entry in entries], len(drift))


def read_state(shown: Json, environment: str = "", layer: str = "") -> Plan:
    """A state that Terraform has shown, as a plan that changes nothing."""
    return Plan(environment, layer, list(_stored((shown.get("values") or {}).get("root_module") or {})))


def _change(entry: Json, configured: dict[tuple[tuple[str, ...], str, str], Json]) -> Change:
    change, module = entry["change"], entry.get("module_address", "")
    path = tuple(_MODULE.findall(module))
    expressions = configured.get((path, entry["type"], entry["name"]), {})

    def resource(values: Any) -> Resource | None:
        if values is None:
            return None
        return Resource(entry["address"], entry["type"], entry["name"], module, values, entry.get("index"), expressions)

    after = _with_unknown(change["after"], change.get("after_unknown")) if change["after"] is not None else None
    # A pair of actions is a replacement, in whatever order.
    action, *second = change["actions"]
    kind = "replace" if second else _KINDS.get(action, action)
    tainted = entry.get("action_reason") == "replace_because_tainted"
    return Change(entry["address"], entry["type"], kind, resource(change["before"]), resource(after), tainted)


def _with_unknown(value: Any, unknown: Any) -> Any:
    """A value with UNKNOWN in the places that Terraform's parallel tree marks."""
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, dict) and unknown:
        known = value if isinstance(value, dict) else {}
        return {
            key: _with_unknown(known.get(key), unknown.get(key)) for key in [*known, *(unknown.keys() - known.keys())]
        }
    if isinstance(unknown, list) and unknown:
        return [_with_unknown(*pair) for pair in zip_longest(value or [], unknown)]
    return value


def _configured(module: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[tuple[str, ...], str, str], Json]]:
    """((modules, type, name), expressions) of every resource that is written down."""
    for entry in module.get("resources") or []:
        yield (path, entry["type"], entry["name"]), entry.get("expressions") or {}
    for name, call in (module.get("module_calls") or {}).items():
        yield from _configured(call.get("module") or {}, (*path, name))


def _stored(module: Json) -> Iterator[Change]:
    """Each managed resource of a state."""
    for entry in module.get("resources") or []:
        if entry["mode"] == "managed":
            address, kind, values = entry["address"], entry["type"], entry.get("values") or {}
            found = Resource(address, kind, entry["name"], module.get("address", ""), values, entry.get("index"))
            yield Change(address, kind, "nothing", found, found, bool(entry.get("tainted")))
    for child in module.get("child_modules") or []:
        yield from _stored(child)
