"""Rows of texts in other languages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from catalog.content.store.things import ONE_OF, Kind
from catalog.domain.translations import MOST, OptionWords, Texts
from chassis.db import ReadTx, WriteTx

_FIELDS = "title, description_html, seo_title, seo_description, options"
# The thing is locked: two of these do not run at once. The constraints would refuse it all the same.
_PUT = """
with changed as (
    update translations set title = $3, description_html = $4, seo_title = $5, seo_description = $6, options = $7,
        updated_at = statement_timestamp()
    where {of}_id = $1 and language = $2 returning updated_at
), made as (
    insert into translations ({of}_id, language, place, {fields}, updated_at)
    select $1, $2, place, $3, $4, $5, $6, $7, statement_timestamp() from generate_series(1, {most}) as place
    where not exists (select from changed) and place not in (select t.place from translations t where t.{of}_id = $1)
    order by place limit 1 returning updated_at
)
select updated_at from changed union all select updated_at from made
"""


class Translation(msgspec.Struct, frozen=True):
    """The texts in one language."""

    language: str
    texts: Texts
    updated_at: datetime


class Heading(msgspec.Struct, frozen=True):
    """That there are texts in a language. `title`: None where that is the shop's own."""

    language: str
    title: str | None
    updated_at: datetime


async def put(tx: WriteTx, kind: Kind, thing_id: UUID, language: str, texts: Texts) -> datetime | None:
    """When the texts of a locked thing were written; None: there are some in as many languages as there can be."""
    sql = _PUT.format(of=ONE_OF[kind], fields=_FIELDS, most=MOST)
    own = (texts.title, texts.description_html, texts.seo_title, texts.seo_description)
    written: datetime | None = await tx.value(sql, thing_id, language, *own, msgspec.to_builtins(texts.options))
    return written


async def delete(tx: WriteTx, kind: Kind, thing_id: UUID, language: str) -> bool:
    """Whether there were any."""
    sql = f"delete from translations where {ONE_OF[kind]}_id = $1 and language = $2"
    return bool(await tx.execute(sql, thing_id, language))


async def one(tx: ReadTx, kind: Kind, thing_id: UUID, language: str) -> Translation | None:
    """The texts in exactly this language."""
    sql = f"select language, {_FIELDS}, updated_at from translations where {ONE_OF[kind]}_id = $1 and language = $2"
    return await tx.row(_translation, sql, thing_id, language)


async def headings(tx: ReadTx, kind: Kind, thing_id: UUID) -> list[Heading]:
    """The languages that there are, by name."""
    sql = f"select language, title, updated_at from translations where {ONE_OF[kind]}_id = $1 order by language"
    return await tx.rows(Heading, sql, thing_id)


def _translation(language: str, options: dict[str, Any], updated_at: datetime, **own: Any) -> Translation:
    return Translation(language, Texts(**own, options=msgspec.convert(options, dict[str, OptionWords])), updated_at)
