"""docs/reference/database: tables, keys, checks, indexes, copies and states of each service's migrated database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tools.reference.tables import head, quoted, rows
from tools.tables import checks, comments, databases, described, diagrams
from tools.tables.catalog import Catalog, Column, Constraint
from tools.tables.catalog import Table as Stored
from tools.tables.described import CHASSIS, Annotations, Field, Table

FOLDER = "docs/reference/database"
SHARED = "every-service"
_KINDS = {"p": "primary key", "u": "unique", "f": "foreign key", "c": "check", "x": "exclusion"}
_ONE = """
One database a service; no service reads another's. Ids of another service's rows are kept without a foreign key, since
there is nothing that it could lead to. A table or column that is new is red in `make test` until `tables.yaml` says
what it holds ([how](../../../tools/tables/README.md)).
"""
_HOW = """
**Diagram**: keys, and what leads from table to table; a dotted line has no foreign key. `||` is one, `|o` none or one,
`o{` any number. A table that nothing leads to or from is not drawn.

**Kept**: the class of [retention](../../compliance/data-map.md#how-long-it-is-kept), which says whether rows are ever
deleted, and by what.

**Normal form**: what holds but for the columns under *Copies and computed values*. 3NF: a column that is part of no key
depends on the whole key, and on nothing else. BCNF: so does each column within a key.

**Kept right by**: constraints and triggers as PostgreSQL has them. A check may call a function; then its rules follow.

**Personal**: the kind of personal data; purpose, period and receivers are in the
[data map](../../compliance/data-map.md).
"""
_MAP = "../../compliance/data-map.md"


def pages() -> dict[str, str]:
    """The page of each service, that of the tables which all have, and the list of all."""
    found, catalogs = described.load(), databases.catalogs()
    made = {f"{FOLDER}/README.md": _index(found)}
    for service, own in found.items():
        catalog = catalogs[service if service != CHASSIS else next(iter(catalogs))]
        made[f"{FOLDER}/{_file(service)}"] = _page(service, own, catalog)
    return made


def _file(service: str) -> str:
    return f"{SHARED if service == CHASSIS else service}.md"


def _index(found: Mapping[str, Annotations]) -> str:
    readers = "developers and DBAs: which tables there are, and how to read their pages."
    parts = [
        head("The databases", readers, "the migrated databases and `tables.yaml` of each service"),
        _ONE.lstrip(),
        *rows("service tables columns", (_counted(service, own) for service, own in found.items())),
        "\n## How to read a page\n",
        _HOW.strip(),
        "\n## All tables\n",
        *rows("table service aggregate kept", sorted(_lines(found))),
    ]
    return "\n".join(parts) + "\n"


def _counted(service: str, own: Annotations) -> tuple[str, ...]:
    columns = sum(len(table.columns) for table in own.tables.values())
    name = "every service" if service == CHASSIS else service
    return f"[{name}]({_file(service)})", str(len(own.tables)), str(columns)


def _lines(found: Mapping[str, Annotations]) -> Iterator[tuple[str, ...]]:
    for service, own in found.items():
        for name, table in own.tables.items():
            place = "every" if service == CHASSIS else service
            yield f"[`{name}`]({_file(service)}#{name})", place, table.aggregate, f"`{table.retention}`"


def _page(service: str, own: Annotations, catalog: Catalog) -> str:
    shared = service == CHASSIS
    what = "what each database has" if shared else f"each table of {service}"
    title = "Tables of every service" if shared else f"Database of {service}"
    source = f"a migrated database and `{described.place_of(service)}`"
    more = "" if shared else f"Beside these it has [those of every service]({SHARED}.md).\n"
    tables = [table for table in catalog.tables if table.name in own.tables]
    parts = [
        head(title, f"developers and DBAs: {what}, and what keeps it right.", source),
        more,
        "## Aggregates\n",
        *rows("aggregate what tables", _aggregates(own)),
        "\n## Diagram\n",
        f"```mermaid\n{diagrams.entities(service, own, tables)}\n```",
    ]
    said = comments.of_indexes(service)
    for table in tables:
        parts += _of_table(catalog, table, own.tables[table.name], said)
    return "\n".join(parts) + "\n"


def _aggregates(own: Annotations) -> Iterator[tuple[str, ...]]:
    for name, about in own.aggregates.items():
        members = sorted(
            (each for each, table in own.tables.items() if table.aggregate == name),
            key=lambda each: not own.tables[each].root,
        )
        yield name, about, ", ".join(f"[`{each}`](#{each})" for each in members)


def _of_table(catalog: Catalog, table: Stored, about: Table, said: Mapping[str, str]) -> Iterator[str]:
    yield f"\n## {table.name}\n"
    role = f"root of {about.aggregate}" if about.root else about.aggregate
    yield f"{about.about[0].upper()}{about.about[1:]}.\n"
    yield from rows("aggregate,normal form,leads to a person by,kept", [_facts(role, about)])
    yield ""
    yield from rows("column type null what personal", (_column(table, each, about) for each in table.columns))
    yield "\n**Kept right by**\n"
    yield from rows("name rule", [*_rules(catalog, table), *_triggers(table)])
    if found := [*_indexes(table, about, said)]:
        yield "\n**Indexes beside those of keys**\n"
        yield from rows("name,use,on", found)
    if about.copies:
        yield "\n**Copies and computed values**\n"
        yield from rows("column,why,kept right by", _copies(about))
    for key, why in about.unindexed.items():
        yield f"\nWithout an index: `{key}`. {why[0].upper()}{why[1:]}."
    for column, states in about.states.items():
        yield f"\n**States** of `{column}`, as `{states.checked_by}` allows them\n"
        yield f"```mermaid\n{diagrams.states(states)}\n```"


def _facts(role: str, about: Table) -> tuple[str, ...]:
    return role, about.normal_form, about.person, f"[`{about.retention}`]({_MAP}#how-long-it-is-kept)"


def _column(table: Stored, column: Column, about: Table) -> tuple[str, ...]:
    field = checks.field_of(about, column.name)
    key = " (key)" if column.name in table.key else ""
    where = f"{field.about}; `{field.refers}`" if field.refers else field.about
    return f"`{column.name}`{key}", diagrams.short(column.type), "" if column.required else "null", where, _kind(field)


def _kind(field: Field) -> str:
    return field.data.kind if field.data else ""


def _rules(catalog: Catalog, table: Stored) -> Iterator[tuple[str, ...]]:
    for each in sorted(table.constraints, key=lambda one: ("pufcx".index(one.kind), one.name)):
        yield f"`{each.name}`", f"{_KINDS[each.kind]}: `{quoted(_definition(each))}`"
        for name, refused in checks.rules_of(catalog, each):
            yield f"`{name}`", f"refused by `{each.name}` where `{quoted(refused)}`"


def _definition(constraint: Constraint) -> str:
    text = constraint.definition.removesuffix(" NOT VALID")
    return text.removeprefix(
        {"p": "PRIMARY KEY ", "u": "UNIQUE ", "f": "FOREIGN KEY ", "c": "CHECK ", "x": "EXCLUDE "}[constraint.kind]
    )


def _triggers(table: Stored) -> Iterator[tuple[str, ...]]:
    for each in table.triggers:
        _, _, rest = each.definition.partition(f"TRIGGER {each.name} ")
        yield f"`{each.name}`", f"trigger: `{quoted(rest.replace(f' ON public.{table.name} ', ' '))}`"


def _indexes(table: Stored, about: Table, said: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for each in table.indexes:
        if not each.of_constraint:
            _, _, where = each.definition.partition(" USING ")
            unique = "unique: " if each.unique else ""
            yield f"`{each.name}`", about.indexes.get(each.name) or said[each.name], f"{unique}`{quoted(where)}`"


def _copies(about: Table) -> Iterator[tuple[str, ...]]:
    for name, copy in about.copies.items():
        yield f"`{name}`", copy.why, copy.kept
