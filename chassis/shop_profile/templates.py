"""The words of mails that the shop's people wrote: what may stand in them, and their SQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from string import Template

import msgspec

from chassis import audit
from chassis.db import ReadTx, WriteTx
from chassis.mail.letter import Words
from chassis.problems import FieldError, Invalid

_PUT = """
insert into mail_templates (kind, language, subject, body) values ($1, $2, $3, $4)
on conflict (kind, language) do update
set subject = excluded.subject, body = excluded.body, updated_at = statement_timestamp()
returning kind, language, subject, body, updated_at
"""
_LIST = "select kind, language, subject, body, updated_at from mail_templates order by kind, language limit 1000"
_DELETE = "delete from mail_templates where kind = $1 and language = $2"
# All replicas read them again.
_TELL = "select pg_notify('shop_profile', '')"


class OwnWords(msgspec.Struct, frozen=True):
    """What the shop's people wrote for a mail."""

    kind: str
    language: str
    subject: str
    body: str
    updated_at: datetime

    @property
    def words(self) -> Words:
        """The same, in paragraphs."""
        return Words.of(self.subject, self.body)


class Rules(msgspec.Struct, frozen=True):
    """What a template may and must name. `names`: placeholders; `in_subject`: those that are short; `tables`: those
    that stand alone in a paragraph; `needed`: without these the mail is of no use.
    """

    names: frozenset[str]
    in_subject: frozenset[str]
    tables: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()

    def check(self, subject: str, body: str) -> None:
        """Raises Invalid: it names what there is not, or lacks what it needs; each fault is named."""
        words = Words.of(subject, body)
        faults = _unknown("subject", [words.subject], self.in_subject)
        paragraphs = [part for part in words.paragraphs if part[1:] not in self.tables or part[0] != "$"]
        faults += _unknown("body", paragraphs, self.names, self.tables)
        said = {name for part in paragraphs for name in Template(part).get_identifiers()}
        for name in sorted(self.needed - said):
            faults.append(FieldError("body", f"This mail needs ${name}", "missing-placeholder"))
        if not words.paragraphs:
            faults.append(FieldError("body", "It says nothing", "empty"))
        if faults:
            raise Invalid(errors=faults[:20])


def _unknown(
    field: str, parts: Collection[str], known: frozenset[str], tables: frozenset[str] = frozenset()
) -> list[FieldError]:
    faults = []
    for part in parts:
        if not Template(part).is_valid():
            message = "A $ begins the name of a placeholder: write $$ for the sign itself"
            faults.append(FieldError(field, message, "lone-dollar"))
        for name in Template(part).get_identifiers():
            if name in tables:
                message = f"${name} is a table: it stands alone between two empty lines"
                faults.append(FieldError(field, message, "not-alone"))
            elif name not in known:
                choice = ", ".join(f"${each}" for each in sorted(known | tables)) or "none"
                faults.append(
                    FieldError(field, f"There is no ${name[:40]} here; there are: {choice}", "unknown-placeholder")
                )
    return faults


async def own_words(tx: ReadTx) -> list[OwnWords]:
    """All that were written."""
    return await tx.rows(OwnWords, _LIST)


async def put_words(tx: WriteTx, kind: str, language: str, subject: str, body: str) -> OwnWords:
    """Have these words from now on, in place of those that were there; audited."""
    written = await tx.row(OwnWords, _PUT, kind, language, subject, body)
    assert written is not None  # noqa: S101 -- the statement writes one row or raises
    await audit.record(tx, "mail_template.written", f"mail:{kind}:{language}", after={"characters": len(body)})
    await tx.value(_TELL)
    return written


async def delete_words(tx: WriteTx, kind: str, language: str) -> None:
    """Have the built-in words again; audited. Where they are the built-in ones, nothing changes."""
    if await tx.execute(_DELETE, kind, language):
        await audit.record(tx, "mail_template.deleted", f"mail:{kind}:{language}")
        await tx.value(_TELL)
