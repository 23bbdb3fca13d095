"""The duties of docs/compliance/calendar.md, and what is wrong with how they are done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tools.audit_calendar import cron
from tools.audit_calendar.cron import DAYS
from tools.evidence import tables
from tools.gates import links
from tools.pipeline import workflows

PAGE = Path("docs/compliance/calendar.md")
RECORDS = Path("docs/compliance/records.yaml")
COLUMNS = ("duty", "what", "every", "who", "by")
BY_HAND = "by hand"
DONE, FAILED = ("done", "done, with findings"), "failed"
_JOB = re.compile(r"`([\w-]+\.yml): ([\w-]+)` runs `([^`]+)`")
_ALERT = re.compile(r"alert `(\w+)`")
_FIELDS = {"duty", "date", "who", "result", "reference"}


class Duty(NamedTuple):
    """A row of the page. `by`: a job, an alert, or by hand with a link to how."""

    name: str
    what: str
    every: str
    who: str
    by: str
    line: int

    @property
    def by_hand(self) -> bool:
        """Whether a person does it, and records it."""
        return self.by.startswith(BY_HAND)

    @property
    def days(self) -> int:
        """The most days between two times."""
        return DAYS[self.every]


class Record(NamedTuple):
    """That a duty was done: when, by which role, how it ended, and where that can be read."""

    duty: str
    date: date
    who: str
    result: str
    reference: str


class Calendar(NamedTuple):
    """The duties, since when they hold, and what was recorded of them."""

    duties: list[Duty]
    since: date
    records: list[Record]


class Wrong(Exception):
    """The calendar cannot be read: the message says where."""


def read(root: Path) -> Calendar:
    """The page and the records.

    Raises:
        Wrong: a row or a record is not whole.
    """
    rows = [row for row in tables.rows((root / PAGE).read_text(encoding="utf-8")) if "duty" in row.cells]
    duties = [_duty(row) for row in rows]
    try:
        given = yaml.safe_load((root / RECORDS).read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise Wrong(f"{RECORDS}: {error}") from None
    if not isinstance(given, dict) or type(given.get("since")) is not date:
        raise Wrong(f"{RECORDS}: since: a day, as 2026-11-29")
    records = given.get("records") or []
    if not isinstance(records, list):
        raise Wrong(f"{RECORDS}: records: a list")
    return Calendar(duties, given["since"], [_record(each) for each in records])


def _duty(row: tables.Row) -> Duty:
    cells = [row.cells.get(name, "") for name in COLUMNS]
    name, what, every, who, by = cells
    if not all(cells) or every not in DAYS:
        raise Wrong(f"{PAGE}:{row.line}: a row is {', '.join(COLUMNS)}; every: one of {', '.join(DAYS)}")
    return Duty(name, what, every, who, by, row.line)


def _record(given: Any) -> Record:
    if isinstance(given, dict) and set(given) == _FIELDS and type(given["date"]) is date:
        texts = {name: value for name, value in given.items() if isinstance(value, str)}
        if texts.keys() == _FIELDS - {"date"} and texts["result"] in {*DONE, FAILED}:
            return Record(date=given["date"], **texts)
    raise Wrong(
        f"{RECORDS}: {given}: a record has {', '.join(sorted(_FIELDS))};"
        f" date: 2026-11-29; result: {', '.join(DONE)} or {FAILED}"
    )


def complaints(root: Path, calendar: Calendar, today: date) -> list[str]:
    """What is wrong, apart from what is due."""
    files = {file.path.name: file for file in workflows.workflows(root)}
    names = [duty.name for duty in calendar.duties]
    found = [f"{PAGE}: {name} stands twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    for duty in calendar.duties:
        found += [f"{PAGE}:{duty.line}: {duty.name}: {told}" for told in _of_duty(root, duty, files)]
    by_hand = {duty.name for duty in calendar.duties if duty.by_hand}
    for record in calendar.records:
        found += [
            f"{RECORDS}: {record.duty}, {record.date}: {told}" for told in _of_record(root, record, by_hand, today)
        ]
    return found


def _of_duty(root: Path, duty: Duty, files: Mapping[str, workflows.Workflow]) -> Iterator[str]:
    jobs, alerts = _JOB.findall(duty.by), _ALERT.findall(duty.by)
    if duty.by_hand:
        if not links.INLINE.search(duty.by):
            yield "by hand: link to how it is done"
    elif not jobs and not alerts:
        yield f"by: `file.yml: job` runs `command`, alert `Name`, or {BY_HAND}: [how](page.md)"
    for file, job, command in jobs:
        yield from _of_job(duty, files.get(file), job, command)
    for name in alerts:
        if not (root / "docs/runbooks" / f"{name}.md").is_file():
            yield f"there is no alert {name}"


def _of_job(duty: Duty, file: workflows.Workflow | None, name: str, command: str) -> Iterator[str]:
    job = file.jobs.get(name) if file else None
    if file is None or job is None:
        yield f"there is no job {name} in {'it' if file else 'a workflow of that name'}"
        return
    text = "\n".join(str(step.get("run", "")) for step in job.steps)
    if command not in text.replace(".venv/bin/", ""):
        yield f"{file.path.name}: {name} does not run {command}"
    schedules = [str(each["cron"]) for each in file.triggers.get("schedule") or []]
    if not schedules:
        yield f"{file.path.name} has no schedule"
        return
    try:
        gap = cron.longest_gap(schedules)
    except cron.Unreadable as error:
        yield f"{file.path.name}: its schedule: {error}"
        return
    if gap > duty.days:
        yield f"{file.path.name} runs every {gap} days, and this is {duty.every}: {duty.days} at most"


def _of_record(root: Path, record: Record, by_hand: set[str], today: date) -> Iterator[str]:
    if record.duty not in by_hand:
        yield "no duty of that name is done by hand"
    if record.date > today:
        yield "it is of the future"
    if not record.reference.startswith("https://") and not (root / record.reference).exists():
        yield f"{record.reference} is not there: name a file, or an https:// address"
