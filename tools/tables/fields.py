"""Compares annotated fields of events and jobs, and what is outside of the databases, with what the code declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.tables import proofs
from tools.tables.declared import Declared
from tools.tables.described import Annotations, Field, place_of
from tools.tables.words import NOBODY, RETENTION, WORDS, Elsewhere, Kept, Retention, Words


def unknown(retention: Mapping[str, Retention], words: Words, field: Field) -> Iterator[str]:
    """Words of a field that are defined nowhere."""
    if field.data is not None:
        yield from _unknown(retention, words, field.data.kind, field.data.purpose, field.data.retention)
        for receiver in field.data.goes_to:
            if receiver not in words.receivers:
                yield f"the receiver {receiver} is not in {WORDS}"


def _unknown(retention: Mapping[str, Retention], words: Words, kind: str, purpose: str, period: str) -> Iterator[str]:
    if kind not in words.kinds:
        yield f"the kind {kind} is not in {WORDS}"
    if purpose not in words.purposes:
        yield f"the purpose {purpose} is not in {WORDS}"
    if period not in retention:
        yield f"the retention class {period} is not in {RETENTION}"


def complaints(
    declared: Declared, annotations: Mapping[str, Annotations], retention: Mapping[str, Retention], words: Words
) -> list[str]:
    """What is wrong with the fields of events and jobs, a line each."""
    found: list[str] = []
    for part, those in (("events", declared.events), ("jobs", declared.jobs)):
        owners: dict[str, str] = {}
        for service, own in annotations.items():
            for name, fields in getattr(own, part).items():
                place = f"{place_of(service)}: {part}: {name}"
                if name in owners:
                    found.append(f"{place}: {owners[name]} describes it, too")
                owners[name] = place_of(service)
                found += [f"{place}: {each}" for each in _fields(those.get(name), fields, retention, words)]
        lacking = sorted(those.keys() - owners)
        found += [f"{part}: {name}: no tables.yaml describes it: its service's has to" for name in lacking]
    return found


def _fields(
    there: Mapping[str, bool] | None, fields: Mapping[str, Field], retention: Mapping[str, Retention], words: Words
) -> Iterator[str]:
    if there is None:
        yield "the code declares nothing of this name: remove its lines"
        return
    for name in sorted(set(there) - fields.keys()):
        yield f"{name}: the code has this field: say what it holds"
    for name in sorted(fields.keys() - set(there)):
        yield f"{name}: the code has no such field: remove its line"
    for name, field in fields.items():
        if field.personal is None and there.get(name):
            yield f"{name}: say `personal: none`, or what it is"
        yield from (f"{name}: {each}" for each in unknown(retention, words, field))


def elsewhere(root: Path, declared: Declared, retention: Mapping[str, Retention], words: Words) -> list[str]:
    """What is wrong with data-map.yaml, a line each."""
    lists = {
        "limits": (words.limits, declared.limits),
        "logs": ([*words.logs, *words.logs_of_nobody.split()], declared.logs),
        "cookies": (words.cookies, declared.cookies),
        "storage": (words.storage, declared.storage),
        "mails": (words.mails, declared.mails),
        "stripe": (words.stripe, declared.stripe),
    }
    found = []
    for name, (said, there) in lists.items():
        found += [f"{WORDS}: {name}: {each} is in the code: say what it holds" for each in sorted({*there} - {*said})]
        found += [f"{WORDS}: {name}: {each} is not in the code: remove it" for each in sorted({*said} - {*there})]
    found += [
        f"{WORDS}: logs: {each} is listed twice" for each in sorted({*words.logs} & {*words.logs_of_nobody.split()})
    ]
    kept: dict[str, Kept | Elsewhere] = {**words.cookies, **words.storage}
    kept |= {each.what: each for each in words.elsewhere}
    for name, about in kept.items():
        kind = "pseudonym" if about.kind == NOBODY else about.kind
        wrong = _unknown(retention, words, kind, about.purpose, about.retention)
        found += [f"{WORDS}: {name}: {each}" for each in wrong]
    for each in words.elsewhere:
        found += [f"{WORDS}: {each.what}: {lack}" for lack in proofs.missing(each.evidence, root, set())]
    undefined = [(name, field.kind) for name, field in words.logs.items() if field.kind not in words.kinds]
    found += [f"{WORDS}: logs: {name}: the kind {kind} is not defined" for name, kind in undefined]
    return found


def of_retention(root: Path, retention: Mapping[str, Retention], used: set[str], names: set[str]) -> list[str]:
    """What is wrong with retention.yaml: evidence that is not there, and classes that nothing is of."""
    found = []
    for name, about in retention.items():
        for text in (about.enforced_by, *about.evidence):
            found += [f"{RETENTION}: {name}: {wrong}" for wrong in proofs.missing(text, root, names)]
        if not about.evidence:
            found.append(f"{RETENTION}: {name}: name the proof, or say what is `not yet` there")
        if name not in used:
            found.append(f"{RETENTION}: {name}: nothing is of this class: remove it")
    return found
