"""Compares the annotations of tables with the catalogs of the migrated databases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from tools.gates.tree import ROOT
from tools.tables import comments, fields, proofs
from tools.tables.catalog import Catalog, Constraint
from tools.tables.catalog import Table as Stored
from tools.tables.described import CHASSIS, Annotations, Field, Table, place_of
from tools.tables.words import Retention, Words

# Types that hold no person by themselves. Of all others an annotation says what is personal in them.
_PLAIN = re.compile(
    r"(bigint|integer|smallint|boolean|numeric|real|double precision|date|interval|xid8|"
    r"(timestamp|time) with(out)? time zone)(\[\])?"
)
# Types that hold several values, or a document: against the first normal form, so with a reason.
_COMPOSED = re.compile(r".*\[\]|jsonb?|xml|tsvector")


class Known(msgspec.Struct, frozen=True):
    """What the annotations are compared with."""

    root: Path
    retention: Mapping[str, Retention]
    words: Words
    catalogs: Mapping[str, Catalog]
    names: set[str]

    @classmethod
    def of(
        cls, catalogs: Mapping[str, Catalog], retention: Mapping[str, Retention], words: Words, root: Path = ROOT
    ) -> Known:
        """With the names of all that keeps something true in the databases."""
        return cls(root, retention, words, catalogs, set().union(*(each.names() for each in catalogs.values())))


def complaints(known: Known, annotations: Mapping[str, Annotations]) -> list[str]:
    """What is wrong with the annotations of tables, a line each, beginning with the file and the table."""
    shared = annotations[CHASSIS]
    found = [*_of_service(known, CHASSIS, shared, None)]
    for service, own in annotations.items():
        if service != CHASSIS:
            found += _of_service(known, service, own, shared)
    return found


def _of_service(known: Known, service: str, own: Annotations, others: Annotations | None) -> Iterator[str]:
    place = place_of(service)
    # Each service has the chassis' tables: the first one's are looked at for all.
    database = next(iter(known.catalogs)) if service == CHASSIS else service
    catalog = known.catalogs[database]
    said = comments.of_indexes(database, known.root)
    stored = {table.name for table in catalog.tables}
    wanted = stored - others.tables.keys() if others else stored & own.tables.keys()
    for name in sorted(wanted - own.tables.keys()):
        yield f"{place}: {name}: the database has this table: say what it holds (tools/tables/README.md)"
    for name in own.tables.keys() - wanted:
        yield f"{place}: {name}: no database has this table: remove its lines"
    yield from _aggregates(place, own, others)
    for table in catalog.tables:
        if table.name in wanted & own.tables.keys():
            about = own.tables[table.name]
            wrong = (*_of_table(known, table, about), *_indexes(table, about, said), *_states(catalog, table, about))
            yield from (f"{place}: {table.name}: {complaint}" for complaint in wrong)


def _aggregates(place: str, own: Annotations, others: Annotations | None) -> Iterator[str]:
    """Each table is of an aggregate of its service or of every service's, and each aggregate has one root."""
    shared = others.aggregates.keys() if others else frozenset[str]()
    for name, table in own.tables.items():
        if table.aggregate not in own.aggregates.keys() | shared:
            yield f"{place}: {name}: {table.aggregate} is not among its aggregates"
    for aggregate in own.aggregates:
        roots = sum(table.root and table.aggregate == aggregate for table in own.tables.values())
        if roots != 1:
            yield f"{place}: {aggregate}: one of its tables is the root, not {roots}"


def _of_table(known: Known, table: Stored, about: Table) -> Iterator[str]:
    columns = {column.name for column in table.columns}
    for name in sorted(columns - about.columns.keys()):
        yield f"{name}: the database has this column: say what it holds"
    for name in about.columns.keys() - columns:
        yield f"{name}: the database has no such column: remove its line"
    for column in table.columns:
        field = about.columns.get(column.name)
        if field is not None and field.personal is None and not _PLAIN.fullmatch(column.type):
            yield f"{column.name}: of type {column.type} anything may be stored: say `personal: none`, or what it is"
    yield from _personal(known, about)
    yield from _copies(known, table, about)
    yield from _keys(table, about)


def _personal(known: Known, about: Table) -> Iterator[str]:
    if about.retention not in known.retention:
        yield f"the retention class {about.retention} is not in docs/compliance/retention.yaml"
    for name, field in about.columns.items():
        yield from (f"{name}: {each}" for each in fields.unknown(known.retention, known.words, field))
        if field.refers and not _exists(known, field.refers):
            yield f"{name}: it refers to {field.refers}, which is no table of a service"
    if (about.person == "none") != (not any(field.data for field in about.columns.values())):
        yield "`person` is none if and only if no column has personal data"


def _exists(known: Known, refers: str) -> bool:
    service, _, table = refers.partition(".")
    return service in known.catalogs and known.catalogs[service].table(table) is not None


def _copies(known: Known, table: Stored, about: Table) -> Iterator[str]:
    for column in table.columns:
        if (column.generated or _COMPOSED.fullmatch(column.type)) and column.name not in about.copies:
            yield f"{column.name}: computed, or more than one value ({column.type}): give the reason under `copies`"
    for name, copy in about.copies.items():
        if name not in about.columns:
            yield f"copies: {name} is no column"
        if not copy.why or not copy.kept:
            yield f"copies: {name}: say why it is stored, and what keeps it right"
        yield from (f"copies: {name}: {each}" for each in proofs.missing(copy.kept, known.root, known.names))


def _keys(table: Stored, about: Table) -> Iterator[str]:
    if not table.key:
        yield "it has no primary key"
    lacking = {
        column
        for key in table.of_kind("f")
        if not table.has_index_for(key.columns or [])
        for column in key.columns or []
    }
    for name in sorted(lacking - about.unindexed.keys()):
        yield f"{name}: a foreign key without an index: make one, or give the reason under `unindexed`"
    for name in about.unindexed.keys() - lacking:
        yield f"unindexed: {name} is no foreign key, or has an index"


def _indexes(table: Stored, about: Table, said: Mapping[str, str]) -> Iterator[str]:
    names = {index.name for index in table.indexes if not index.of_constraint}
    for name in sorted(names - about.indexes.keys() - said.keys()):
        yield f"{name}: say what this index is for: in a comment above it in the migration, or under `indexes`"
    for name in about.indexes.keys() - names:
        yield f"indexes: {name} is no index of the table, or the index of a key"


def _states(catalog: Catalog, table: Stored, about: Table) -> Iterator[str]:
    for column, states in about.states.items():
        allowed = allowed_values(catalog, table, states.checked_by)
        if not allowed:
            yield f"states: {column}: {states.checked_by} is no check of the database that lists values"
        elif allowed != set(states.names):
            differing = ", ".join(sorted(allowed ^ set(states.names)))
            yield f"states: {column}: {states.checked_by} and the states here differ in {differing}"


def allowed_values(catalog: Catalog, table: Stored, check: str) -> set[str]:
    """The values that a check allows: a constraint's, or those of a rule in a function that a constraint calls."""
    for constraint in table.of_kind("c"):
        if constraint.name == check:
            return set(re.findall(r"'([a-z_]+)'", constraint.definition))
    for source in catalog.functions.values():
        if found := re.search(rf"when \w+ not in \(([^)]*)\)\s*then '{re.escape(check)}'", source):
            return set(re.findall(r"'([a-z_]+)'", found[1]))
    return set()


def rules_of(catalog: Catalog, constraint: Constraint) -> list[tuple[str, str]]:
    """The rules in the function that a check calls, each with what it refuses; none where it calls none."""
    called = re.match(r"CHECK \((\w+)\(", constraint.definition)
    source = catalog.functions.get(called[1], "") if called and constraint.kind == "c" else ""
    return [
        (name, " ".join(refused.split()))
        for refused, name in re.findall(r"\bwhen (.+?)\s+then '(\w+)'", source, re.DOTALL)
    ]


def field_of(about: Table, name: str) -> Field:
    """A column's annotation; an empty one where there is none."""
    return about.columns.get(name, Field(about=""))
