"""SQL of the texts of policies."""

from __future__ import annotations

from datetime import datetime

import asyncpg
import msgspec

from chassis.db import ReadTx, WriteTx

_PUT = """
insert into policies (kind, language, title, body) values ($1, $2, $3, $4)
on conflict (kind, language) do update
set title = excluded.title, body = excluded.body, updated_at = statement_timestamp()
returning kind, language, title, body, updated_at
"""
# In the language that was asked for, else in the shop's first one that it has.
_FIND = """
select kind, language, title, body, updated_at from policies join languages using (language)
where kind = $1 order by language is distinct from $2, place limit 1
"""
_LIST = """
select kind, language, title, policies.updated_at from policies join languages using (language) order by kind, place
"""


class Policy(msgspec.Struct, frozen=True):
    """The text of a policy in a language."""

    kind: str
    language: str
    title: str
    body: str
    updated_at: datetime


class Heading(msgspec.Struct, frozen=True):
    """That there is a text."""

    kind: str
    language: str
    title: str
    updated_at: datetime


async def put(tx: WriteTx, kind: str, language: str, title: str, body: str) -> Policy | None:
    """The text as it is now; None where the shop does not have this language."""
    try:
        return await tx.row(Policy, _PUT, kind, language, title, body)
    except asyncpg.ForeignKeyViolationError:
        return None


async def delete(tx: WriteTx, kind: str, language: str) -> bool:
    """Delete a text; whether there was one."""
    return await tx.execute("delete from policies where kind = $1 and language = $2", kind, language) == 1


async def find(tx: ReadTx, kind: str, language: str | None) -> Policy | None:
    """The text in this language, else in the first one that the shop has it in."""
    return await tx.row(Policy, _FIND, kind, language)


async def headings(tx: ReadTx) -> list[Heading]:
    """All texts without their bodies: at most one of each kind in each language."""
    return await tx.rows(Heading, _LIST)
