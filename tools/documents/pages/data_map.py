"""docs/compliance/data-map.md: personal data, where they are, what for, how long, and who gets them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tools.reference.tables import head, rows
from tools.tables import described, words
from tools.tables.described import CHASSIS, Annotations, Personal
from tools.tables.words import NOBODY, Retention, Words

PAGE = "docs/compliance/data-map.md"
_DATABASE = "../reference/database"
_READERS = "auditors, data protection officers and developers: each place in which data about a person are kept."
_SOURCE = "`tables.yaml` of each service, `data-map.yaml` and `retention.yaml` beside it, and the code"
_CHECKED = """
What is listed is compared with the migrated databases and the code, by `.venv/bin/python -m tools.tables` and in
`make test`. Red is what nobody has described: a column, a field of an event, a job or a log line, a cookie, a name in
the browser's storage, a limit, a mail, a parameter for Stripe ([how](../../tools/tables/README.md)). What software
cannot know, it does not say: who the controller is, which of these bases holds in a country, what a contract with a
processor says.

## What is missing
"""
_INSTEAD = """
What there is in their place: few data are asked for, secrets are stored as hashes and addresses for limits as keyed
hashes, log lines hold no name, and each look of staff at somebody's data is a line of the audit log.
"""
_BASES = """
A basis is an article of the GDPR as this software is meant; whoever runs the shop decides, and writes it down.
"""
_ROWS = """
What a column is, stands where its link leads. Columns of the same row that are not listed are as personal as the row.
"""
_FIELDS = """
Fields of events stand in `outbox.data` until they are pruned, those of jobs in `jobs.payload` until the work is done.
"""


def pages() -> dict[str, str]:
    """The data map."""
    found, kept, said = described.load(), words.retention(), words.words()
    parts = [head("Data map", _READERS, _SOURCE), *_first(said)]
    parts += ["\n## Words\n", *_words(said)]
    parts += ["\n## How long it is kept\n", *_periods(kept)]
    parts += ["\n## In the databases\n", *_databases(found)]
    parts += ["\n## In events and jobs\n", *_messages(found)]
    parts += ["\n## Elsewhere\n", *_elsewhere(said)]
    return {PAGE: "\n".join(parts) + "\n"}


def _first(said: Words) -> Iterator[str]:
    yield _CHECKED.strip()
    yield ""
    yield from rows("right or duty,today", said.missing.items())
    yield _INSTEAD.rstrip()


def _words(said: Words) -> Iterator[str]:
    yield _BASES.lstrip()
    yield from rows(
        "purpose,what for,basis", ((f"`{name}`", each.about, each.basis) for name, each in said.purposes.items())
    )
    yield ""
    yield from rows("kind of data,what it is", said.kinds.items())
    yield ""
    yield from rows("goes to,who that is", said.receivers.items())
    yield "\nEverything in a database also goes to its replicas and [backups](#elsewhere), and to whoever hosts them."


def _periods(kept: Mapping[str, Retention]) -> Iterator[str]:
    yield from rows("class,period,what deletes,evidence", (_period(name, each) for name, each in kept.items()))


def _period(name: str, each: Retention) -> tuple[str, ...]:
    aim = f"<br>not yet: {each.aim}" if each.aim else ""
    return f"`{name}`", each.period + aim, each.enforced_by, "<br>".join(each.evidence)


def _databases(found: Mapping[str, Annotations]) -> Iterator[str]:
    yield _ROWS.strip()
    for service, own in found.items():
        place = "every-service" if service == CHASSIS else service
        yield f"\n### {'Every service' if service == CHASSIS else service.capitalize()}\n"
        yield from rows(
            "column,kind,purpose,kept,goes to,note",
            (
                (f"[`{table}`]({_DATABASE}/{place}.md#{table}).`{name}`", *_data(field.data))
                for table, about in own.tables.items()
                for name, field in about.columns.items()
                if field.data
            ),
        )
        nobody = [f"`{name}`" for name, table in own.tables.items() if table.person == NOBODY]
        if nobody:
            yield f"\nNothing of a person: {', '.join(nobody)}."


def _data(data: Personal) -> tuple[str, ...]:
    return data.kind, f"`{data.purpose}`", f"`{data.retention}`", ", ".join(data.goes_to), data.note


def _messages(found: Mapping[str, Annotations]) -> Iterator[str]:
    yield _FIELDS.lstrip()
    lines = []
    for own in found.values():
        for what, those in (("event", own.events), ("job", own.jobs)):
            lines += [
                (what, f"`{name}`", f"`{field}`", *_data(about.data))
                for name, fields in those.items()
                for field, about in fields.items()
                if about.data
            ]
    yield from rows("of,name,field,kind,purpose,kept,goes to,note", lines)


def _elsewhere(said: Words) -> Iterator[str]:
    yield from rows(
        "where,what,kind,purpose,kept,evidence",
        ((e.what, e.holds, e.kind, f"`{e.purpose}`", f"`{e.retention}`", e.evidence) for e in said.elsewhere),
    )
    for title, those in (("Cookies", said.cookies), ("Browser storage, each with `mercat.` before it", said.storage)):
        yield f"\n### {title}\n"
        lines = ((f"`{name}`", e.about, e.kind, f"`{e.purpose}`", f"`{e.retention}`") for name, e in those.items())
        yield from rows("name,what,kind,purpose,kept", lines)
    yield "\n### Limits in Valkey\n"
    yield from rows("limit,counted by", ((f"`{name}`", by) for name, by in said.limits.items()))
    yield "\n### Fields of log lines\n"
    yield from rows("field,kind,note", ((f"`{name}`", each.kind, each.note) for name, each in said.logs.items()))
    yield "\nNothing of a person: " + ", ".join(f"`{name}`" for name in said.logs_of_nobody.split()) + "."
    yield "\n### Mails\n"
    yield from rows("mail,what it holds", ((f"`{name}`", each.holds) for name, each in said.mails.items()))
    yield "\n### To Stripe, with a payment\n"
    yield from rows("parameter,what of the order", ((f"`{name}`", what) for name, what in said.stripe.items()))
