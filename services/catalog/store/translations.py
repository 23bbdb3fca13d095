"""Texts in other languages, as pages show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

from catalog.domain.translations import OptionWords, Texts, fitting, merged
from chassis.db import ReadTx

Of = Literal["product", "collection", "category"]
_FIND = """
select {of}_id as id, title, description_html, seo_title, seo_description, options from translations
where {of}_id = any($1) and language = any($2) order by array_position($2, language)
"""
_TITLES = """
select {of}_id as id, title, null as description_html, null as seo_title, null as seo_description,
       '{{}}'::jsonb as options
from translations where {of}_id = any($1) and language = any($2) order by array_position($2, language)
"""


async def texts_of(tx: ReadTx, of: Of, ids: Sequence[UUID], language: str) -> dict[UUID, Texts]:
    """All texts of those that have some in the language, or in a wider one."""
    return await _texts(tx, _FIND.format(of=of), ids, language)


async def titles_of(tx: ReadTx, of: Of, ids: Sequence[UUID], language: str) -> dict[UUID, str]:
    """The titles of those that have one in the language, or in a wider one."""
    found = await _texts(tx, _TITLES.format(of=of), ids, language)
    return {key: texts.title for key, texts in found.items() if texts.title is not None}


async def _texts(tx: ReadTx, sql: str, ids: Sequence[UUID], language: str) -> dict[UUID, Texts]:
    by_id: dict[UUID, list[Texts]] = defaultdict(list)
    for key, texts in await tx.rows(_of, sql, ids, fitting(language)):
        by_id[key].append(texts)
    return {key: merged(several) for key, several in by_id.items()}


def _of(id: UUID, options: dict[str, Any], **own: Any) -> tuple[UUID, Texts]:  # noqa: A002 -- the column's name
    return id, Texts(**own, options=msgspec.convert(options, dict[str, OptionWords]))
