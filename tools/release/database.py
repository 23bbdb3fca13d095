"""What of the last release's code does not work on its database once that has the migrations of now.

The old code runs beside the new one during a release. Its statements are prepared before and after, and the catalog is
compared: what it writes must still be accepted.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from chassis.testing.servers import postgres_server
from deploy.drills import fill
from local_servers import embedded
from tools.release.repository import Refused

_COLUMNS = """
select c.relname::text || '.' || a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.atthasdef or a.attidentity <> '' or a.attgenerated <> '', coalesce(pg_get_expr(d.adbin, d.adrelid), 'null')
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum and a.attgenerated = ''
where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname <> 'schema_migrations'
"""
# A unique index that is no constraint of its own counts as one.
_RULES = """
select conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), contype::text,
       array(select attname::text from pg_attribute where attrelid = conrelid and attnum = any(conkey))
from pg_constraint where connamespace = 'public'::regnamespace and contype in ('c', 'f', 'x')
union all
select indrelid::regclass::text, indexrelid::regclass::text,
       regexp_replace(pg_get_indexdef(indexrelid), 'INDEX \\S+ ON', 'INDEX ON'), 'u',
       array(select attname::text from pg_attribute where attrelid = indrelid and attnum = any(indkey))
from pg_index join pg_class on pg_class.oid = indrelid where indisunique and relnamespace = 'public'::regnamespace
"""
_LITERAL = re.compile(r"'((?:[^']|'')*)'(?:::[a-z ]+)?")


class Rule(NamedTuple):
    """A constraint or unique index: the table it is of, its definition, and the columns that it names."""

    of: str
    name: str
    told: str
    kind: str
    names: frozenset[str]


class Schema(NamedTuple):
    """`columns` by table.column: type, whether null is refused, whether it is filled when left out, and with what."""

    columns: dict[str, tuple[str, bool, bool, str]]
    rules: list[Rule]
    shapes: dict[str, str]


async def broken(old: Path, new: Path, statements: dict[str, list[str]], wanted: Sequence[str]) -> list[str]:
    """What does not work any more in the databases of these services; `statements` are those of the old code."""
    found = []
    with postgres_server() as server:
        for service in wanted:
            told = await _of_service(server, old, new, service, statements[service])
            found += [f"{service}: {each}" for each in told]
    return found


async def _of_service(
    server: embedded.Postgres, old: Path, new: Path, service: str, statements: list[str]
) -> list[str]:
    connection = await asyncpg.connect(server.url("postgres"))
    await connection.execute(f'create database "{service}"')
    await connection.close()
    url = server.url(service)
    if complaint := migrated(old, service, url):
        raise Refused(f"The migrations of the last release do not run: {complaint}")
    connection = await asyncpg.connect(url)
    try:
        for table in sorted(await fill.tables(connection) & set(fill.ROWS)):
            await fill.fill(connection, table, rows=20)
        before = await read(connection, statements)
        if complaint := migrated(new, service, url):
            return [complaint]
        after = await read(connection, list(before.shapes))
        return await compared(connection, before, after, words(old, service))
    finally:
        await connection.close()


async def compared(connection: asyncpg.Connection[Any], before: Schema, after: Schema, named: set[str]) -> list[str]:
    """What the old code runs into on a database that is as `after` says; `named` are the words in the old code."""
    found = list(differences(before, after, named))
    checks = [rule for rule in _new_rules(before, after) if rule.kind == "c"]
    wrong = [rule for rule in checks if await connection.fetchval(_refusing(rule, before, after))]
    return found + [f"{each.of}: {each.name} refuses rows of the last release: {each.told}" for each in wrong]


def migrated(tree: Path, service: str, url: str) -> str:
    """Run the migrations of a release; what went wrong, or an empty text."""
    environment = {**os.environ, "PYTHONPATH": f"{tree}{os.pathsep}{tree / 'services'}", "DATABASE_URL": url}
    command = [sys.executable, "-P", "-m", "chassis.db.migrate", service]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr.strip().rpartition("\n")[2]


async def read(connection: asyncpg.Connection[Any], statements: list[str]) -> Schema:
    """What the catalog says, and the shape of each statement that can be prepared."""
    columns = {name: tuple(rest) for name, *rest in await connection.fetch(_COLUMNS)}
    rules = [
        Rule(of, name, told, kind, frozenset(names)) for of, name, told, kind, names in await connection.fetch(_RULES)
    ]
    shapes = {}
    for sql in statements:
        try:
            prepared = await connection.prepare(sql)
        except (asyncpg.PostgresError, asyncpg.InterfaceError):
            continue  # a part of a statement, or a sentence
        taken = ", ".join(each.name for each in prepared.get_parameters())
        shapes[sql] = f"({taken}) -> {', '.join(f'{each.name} {each.type.name}' for each in prepared.get_attributes())}"
    return Schema(columns, rules, shapes)


def words(tree: Path, service: str) -> set[str]:
    """The words in the code and SQL of a release that are not of its migrations or tests."""
    paths = [
        path
        for name in ("chassis", f"services/{service}")
        for kind in ("py", "sql")
        for path in (tree / name).rglob(f"*.{kind}")
    ]
    text = "\n".join(
        path.read_text("utf-8") for path in paths if not {"migrations", "tests"} & set(path.relative_to(tree).parts)
    )
    return set(re.findall(r"\w+", text))


def differences(before: Schema, after: Schema, named: set[str]) -> Iterator[str]:
    """What the old code runs into; what it does not name may go."""
    tables = {name.partition(".")[0] for name in before.columns}
    gone = {name for name in before.columns if name not in after.columns and set(name.split(".")) <= named}
    yield from (f"{name} is gone, and the last release uses it" for name in sorted(gone))
    for name, (kind, needed, filled, _) in after.columns.items():
        was = before.columns.get(name)
        if was is not None and was[0] != kind:
            yield f"{name} was {was[0]} and is {kind}"
        demanded = needed and not filled
        if demanded and name.partition(".")[0] in tables and (was is None or not was[1] or was[2]):
            yield f"{name} must be given now, which the last release does not do: give it a default"
        elif was is not None and needed and not was[1]:
            yield f"{name} may no longer be null, and the last release may write null"
    for sql, shape in before.shapes.items():
        if sql in after.shapes and after.shapes[sql] != shape:
            yield f"a statement was {shape} and is {after.shapes[sql]}: {_short(sql)}"
        elif sql not in after.shapes:
            yield f"a statement of the last release fails: {_short(sql)}"
    for rule in _new_rules(before, after):
        old_columns = {name.partition(".")[2] for name in before.columns if name.startswith(f"{rule.of}.")}
        if rule.names <= old_columns and not any(wider(each, rule) for each in before.rules):
            yield f"{rule.of}: {rule.name} is new, and the last release may write what it refuses: {rule.told}"


def _new_rules(before: Schema, after: Schema) -> list[Rule]:
    tables = {name.partition(".")[0] for name in before.columns}
    known = {(rule.of, _bare(rule.told)) for rule in before.rules}
    return [rule for rule in after.rules if rule.of in tables and (rule.of, _bare(rule.told)) not in known]


def wider(old: Rule, new: Rule) -> bool:
    """Whether a new check is the old one with more values in its list."""
    if (old.of, old.kind, new.kind) != (new.of, "c", "c"):
        return False
    return _shape(old) == _shape(new) and set(_LITERAL.findall(old.told)) <= set(_LITERAL.findall(new.told))


def _shape(rule: Rule) -> str:
    return re.sub(r"~(, ~)*", "~", _LITERAL.sub("~", _bare(rule.told)))


def _bare(told: str) -> str:
    return told.removesuffix(" NOT VALID")


def _refusing(rule: Rule, before: Schema, after: Schema) -> str:
    """Whether a check refuses a row as the old code writes it: its new columns are what they are when left out."""
    values = []
    for name in sorted(rule.names):
        kind, _, _, left_out = after.columns[f"{rule.of}.{name}"]
        values.append(f"{name if f'{rule.of}.{name}' in before.columns else f'({left_out})::{kind}'} as {name}")
    rows = f"select {', '.join(values)} from (select 1) one left join {rule.of} on true"
    return f"select exists (select from ({rows}) as rows where not ({_bare(rule.told).removeprefix('CHECK ')}))"


def _short(sql: str) -> str:
    return " ".join(sql.split())[:120]
