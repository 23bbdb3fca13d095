"""Mermaid's text of diagrams: tables with their keys, and the states of a column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tools.tables.catalog import Table as Stored
from tools.tables.described import Annotations, States

_SHORT = {"timestamp with time zone": "timestamptz", "character varying": "varchar"}


def short(kind: str) -> str:
    """A type in one word."""
    return _SHORT.get(kind, kind)


def entities(service: str, own: Annotations, tables: Iterable[Stored]) -> str:
    """The tables of a service, with their keys and what leads from one to another."""
    tables = list(tables)
    names = {table.name for table in tables}
    foreign = sorted(
        {
            field.refers
            for table in tables
            for field in own.tables[table.name].columns.values()
            if field.refers and field.refers.partition(".")[::2] not in {(service, name) for name in names}
        }
    )
    # As wide as it is: shrunk to the page's width its words could not be read.
    lines = ["%%{init: {'er': {'useMaxWidth': false}}}%%", "erDiagram"]
    lines += [f'  {_name(each)}["{each}"]' for each in foreign]
    related = [line for table in tables for line in _relations(service, table, own)]
    drawn = {name for line in related for name in (line.split()[0], line.split()[2])}
    for table in tables:
        if table.name in drawn:
            related += [f"  {table.name} {{", *_keys(table, own), "  }"]
    return "\n".join([*lines, *related])


def _name(refers: str) -> str:
    return refers.replace(".", "_")


def _relations(service: str, table: Stored, own: Annotations) -> Iterator[str]:
    required = {column.name for column in table.columns if column.required}
    for key in table.of_kind("f"):
        columns = key.columns or []
        yield _relation(key.target or "", table, columns, "--", required)
    for name, field in own.tables[table.name].columns.items():
        if field.refers:
            place, _, target = field.refers.partition(".")
            other = target if place == service else _name(field.refers)
            yield _relation(other, table, [name], "..", required)


def _relation(target: str, table: Stored, columns: list[str], line: str, required: set[str]) -> str:
    one = "||" if required.issuperset(columns) else "|o"
    many = "o|" if table.is_unique(columns) else "o{"
    return f'  {target} {one}{line}{many} {table.name} : "{", ".join(columns)}"'


def _keys(table: Stored, own: Annotations) -> Iterator[str]:
    """Its primary key, what leads elsewhere, and what is unique by itself."""
    leading = {name for key in table.of_kind("f") for name in key.columns or []}
    leading |= {name for name, field in own.tables[table.name].columns.items() if field.refers}
    for column in table.columns:
        marks = [
            mark
            for mark, holds in (
                ("PK", column.name in table.key),
                ("FK", column.name in leading),
                ("UK", column.name not in table.key and table.is_unique([column.name])),
            )
            if holds
        ]
        if marks:
            yield f"    {short(column.type)} {column.name} {', '.join(marks)}"


def states(of: States) -> str:
    """The states of a column, from where it begins to where it ends."""
    lines = ["stateDiagram-v2"]
    begins = of.begins or {next(iter(of.moves)): ""}
    lines += [_move("[*]", state, why) for state, why in begins.items()]
    for state, targets in of.moves.items():
        lines += [_move(state, target, why) for target, why in targets.items()]
    lines += [_move(state, "[*]", "") for state in of.names if not of.moves.get(state)]
    return "\n".join(lines)


def _move(before: str, after: str, why: str) -> str:
    # A second colon would end the label.
    return f"  {before} --> {after}{': ' if why else ''}{why.replace(': ', ', ')}"
