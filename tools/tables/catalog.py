"""Reads what a migrated database has: tables, columns, keys, checks, indexes, triggers and functions."""

from __future__ import annotations

import json
import re
from typing import Any

import asyncpg
import msgspec

# One row: a JSON document, in which everything is sorted, so that two readings are equal.
_READ = """
with tables as (
    select c.oid, c.relname as name from pg_class c
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
)
select json_build_object(
    'tables', (select json_agg(json_build_object(
        'name', t.name,
        'columns', (
            select json_agg(json_build_object(
                'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'required', a.attnotnull,
                'generated', a.attgenerated <> '', 'default', pg_get_expr(d.adbin, d.adrelid)
            ) order by a.attnum)
            from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        ),
        'constraints', (
            select coalesce(json_agg(json_build_object(
                'name', k.conname, 'kind', k.contype, 'definition', pg_get_constraintdef(k.oid),
                'target', (select relname from pg_class where pg_class.oid = k.confrelid),
                'columns', (
                    select json_agg(a.attname order by key.place)
                    from unnest(k.conkey) with ordinality as key (number, place)
                    join pg_attribute a on a.attrelid = t.oid and a.attnum = key.number
                )
            ) order by k.contype, k.conname), '[]')
            from pg_constraint k where k.conrelid = t.oid and k.contype in ('p', 'u', 'f', 'c', 'x')
        ),
        'indexes', (
            select coalesce(json_agg(json_build_object(
                'name', i.relname, 'definition', pg_get_indexdef(x.indexrelid), 'unique', x.indisunique,
                'where', pg_get_expr(x.indpred, x.indrelid),
                'of_constraint', exists (select from pg_constraint k where k.conindid = x.indexrelid
                                         and k.contype in ('p', 'u', 'x')),
                'columns', (
                    select json_agg(coalesce(a.attname, '') order by key.place)
                    from unnest(x.indkey::smallint[]) with ordinality as key (number, place)
                    left join pg_attribute a on a.attrelid = t.oid and a.attnum = key.number
                )
            ) order by i.relname), '[]')
            from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = t.oid
        ),
        'triggers', (
            select coalesce(json_agg(json_build_object(
                'name', g.tgname, 'definition', pg_get_triggerdef(g.oid), 'function', p.proname
            ) order by g.tgname), '[]')
            from pg_trigger g join pg_proc p on p.oid = g.tgfoid where g.tgrelid = t.oid and not g.tgisinternal
        )
    ) order by t.name) from tables t),
    'functions', (
        select coalesce(json_object_agg(p.proname, pg_get_functiondef(p.oid) order by p.proname), '{}')
        from pg_proc p
        where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
          and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    )
)
"""


class Column(msgspec.Struct, frozen=True):
    """A column; `generated`: PostgreSQL computes it."""

    name: str
    type: str
    required: bool
    generated: bool
    default: str | None = None


class Constraint(msgspec.Struct, frozen=True):
    """A constraint: `kind` is p (primary key), u (unique), f (foreign key to `target`), c (check) or x (exclusion)."""

    name: str
    kind: str
    definition: str
    target: str | None = None
    columns: list[str] | None = None


class Index(msgspec.Struct, frozen=True):
    """An index. An expression is an empty name in `columns`; `of_constraint`: a key made it."""

    name: str
    definition: str
    unique: bool
    where: str | None
    of_constraint: bool
    columns: list[str]

    def has_all(self, columns: list[str]) -> bool:
        """Whether it has each row with values in these columns: it is of all rows, or leaves out but a null of them."""
        found = re.fullmatch(r"\((\w+) IS NOT NULL\)", self.where or "")
        return not self.where or (found is not None and found[1] in columns)


class Trigger(msgspec.Struct, frozen=True):
    """A trigger, and the function that it runs."""

    name: str
    definition: str
    function: str


class Table(msgspec.Struct, frozen=True):
    """A table as the database has it."""

    name: str
    columns: list[Column]
    constraints: list[Constraint]
    indexes: list[Index]
    triggers: list[Trigger]

    def of_kind(self, kind: str) -> list[Constraint]:
        """Its constraints of a kind."""
        return [each for each in self.constraints if each.kind == kind]

    @property
    def key(self) -> list[str]:
        """The columns of its primary key; none where it has none."""
        return next((each.columns or [] for each in self.of_kind("p")), [])

    def is_unique(self, columns: list[str]) -> bool:
        """Whether a value of these columns can stand in one row only."""
        return any(each.unique and each.has_all(columns) and set(each.columns) <= set(columns) for each in self.indexes)

    def has_index_for(self, columns: list[str]) -> bool:
        """Whether rows are found by these columns: an index begins with them, and leaves out but their nulls."""
        for each in (index for index in self.indexes if index.has_all(columns)):
            if set(each.columns[: len(columns)]) == set(columns):
                return True
            # Of a key of two columns the second is unique within the first: the first alone leads to few rows.
            if len(columns) > 1 and len(each.columns) == 1 and each.columns[0] in columns:
                return True
        return False


class Catalog(msgspec.Struct, frozen=True):
    """A database: tables in the order of their names, and the source of its functions."""

    tables: list[Table]
    functions: dict[str, str]

    def table(self, name: str) -> Table | None:
        """The table of this name."""
        return next((each for each in self.tables if each.name == name), None)

    def names(self) -> set[str]:
        """Names of everything that keeps something true, those of rules in a function's source among them."""
        found = set(self.functions)
        for source in self.functions.values():
            found |= set(re.findall(r"'([a-z]+_[a-z_]+)'", source))
        for table in self.tables:
            found.add(table.name)
            for part in (table.constraints, table.indexes, table.triggers):
                found |= {each.name for each in part}
        return found


async def read(connection: asyncpg.Connection[Any]) -> Catalog:
    """The catalog of a database."""
    return msgspec.convert(json.loads(await connection.fetchval(_READ)), Catalog)
