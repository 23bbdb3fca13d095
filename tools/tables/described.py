"""The annotations: tables.yaml of each service, and of the chassis for the tables that every service has."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
import yaml

from tools import openapi
from tools.gates.tree import ROOT

CHASSIS = "chassis"
PLACE = {CHASSIS: "chassis/db/tables.yaml"}

T = TypeVar("T")


class Unreadable(ValueError):
    """A file of annotations that is not of the form that tools/tables/README.md describes."""


class Personal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Data about a person. Words are those of docs/compliance/data-map.yaml and retention.yaml; `note`: for the map."""

    kind: str
    purpose: str
    retention: str
    goes_to: tuple[str, ...] = ()
    note: str = ""


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column, or a field of an event or a job. `personal`: None where the file does not say. `refers`: the table that
    a key without a foreign key leads to.
    """

    about: str
    personal: Personal | Literal["none"] | None = None
    refers: str = ""

    @property
    def data(self) -> Personal | None:
        """What is personal in it."""
        return self.personal if isinstance(self.personal, Personal) else None


class Copy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a value is stored that could be derived, or is no single value; and what keeps it right."""

    why: str = ""
    kept: str = ""


class States(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The values of a column that the check `checked_by` allows, and how it moves between them. `begins`: the first."""

    checked_by: str
    moves: dict[str, dict[str, str]]
    begins: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        """All states, in the order in which they are named."""
        named = [*self.begins, *self.moves, *(target for targets in self.moves.values() for target in targets)]
        return list(dict.fromkeys(named))


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table. `person`: how a row leads to a person, or "none"; `root`: of its aggregate; `unindexed`: columns of
    foreign keys without an index, and why.
    """

    about: str
    aggregate: str
    person: str
    retention: str
    normal_form: str
    columns: dict[str, Field]
    root: bool = False
    copies: dict[str, Copy] = {}
    indexes: dict[str, str] = {}
    unindexed: dict[str, str] = {}
    states: dict[str, States] = {}


class Annotations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a service's file says."""

    aggregates: dict[str, str]
    tables: dict[str, Table]
    events: dict[str, dict[str, Field]] = {}
    jobs: dict[str, dict[str, Field]] = {}


def place_of(service: str) -> str:
    """The path of a service's file."""
    return PLACE.get(service, f"services/{service}/tables.yaml")


def load(root: Path = ROOT) -> dict[str, Annotations]:
    """All files by service, with that of the chassis first.

    Raises:
        Unreadable: a file is not of the form.
    """
    return {name: read(root, name) for name in (CHASSIS, *openapi.with_database(root))}


def read(root: Path, service: str) -> Annotations:
    """One file.

    Raises:
        Unreadable: it is missing, or not of the form.
    """
    return converted(root / place_of(service), place_of(service), Annotations)


def converted(path: Path, name: str, into: type[T]) -> T:
    """A YAML file of a form.

    Raises:
        Unreadable: it is missing, or not of the form.
    """
    if not path.is_file():
        raise Unreadable(f"{name} is missing: tools/tables/README.md says what it holds")
    try:
        return msgspec.convert(_fields(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)), into)
    except (yaml.YAMLError, msgspec.ValidationError) as wrong:
        raise Unreadable(f"{name}: {wrong}") from None


def _fields(document: Any) -> Any:
    """The document, in which a column may be a sentence alone."""
    if not isinstance(document, dict):
        return document
    for table in (document.get("tables") or {}).values():
        if isinstance(table, dict) and isinstance(table.get("columns"), dict):
            table["columns"] = _of_sentences(table["columns"])
    for part in ("events", "jobs"):
        if isinstance(document.get(part), dict):
            document[part] = {name: _of_sentences(fields) for name, fields in document[part].items()}
    return document


def _of_sentences(fields: Any) -> Any:
    if not isinstance(fields, dict):
        return fields
    return {name: {"about": field} if isinstance(field, str) else field for name, field in fields.items()}
