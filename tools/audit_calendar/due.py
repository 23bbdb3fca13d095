"""When duties that are done by hand are due, and what is written of it."""

from __future__ import annotations

import posixpath
import re
from datetime import date, timedelta
from typing import NamedTuple

from tools.audit_calendar.duties import DONE, PAGE, Calendar, Duty
from tools.gates import links

SOON = timedelta(days=30)
_QUARTER = 3


class Due(NamedTuple):
    """A duty, when it was last done, and the day by which it has to be done again."""

    duty: Duty
    last: date | None
    by: date


def due(calendar: Calendar) -> list[Due]:
    """What is done by hand, the soonest first. What was never done counts from the day on which the calendar begins."""
    done: dict[str, date] = {}
    for record in calendar.records:
        if record.result in DONE:
            done[record.duty] = max(record.date, done.get(record.duty, record.date))
    found = []
    for duty in calendar.duties:
        if duty.by_hand:
            last = done.get(duty.name)
            found.append(Due(duty, last, (last or calendar.since) + timedelta(days=duty.days)))
    return sorted(found, key=lambda each: (each.by, each.duty.name))


def overdue(calendar: Calendar, today: date) -> list[Due]:
    """What had to be done before today."""
    return [each for each in due(calendar) if each.by < today]


def report(calendar: Calendar, today: date) -> str:
    """What is done by hand and when, as Markdown."""
    found = due(calendar)
    late = sum(each.by < today for each in found)
    soon = sum(today <= each.by <= today + SOON for each in found)
    lines = [f"{late} of {len(found)} duties are overdue, {soon} are due within {SOON.days} days ({today}).", ""]
    lines += ["| duty | every | who | last done | due by | |", "| --- | --- | --- | --- | --- | --- |"]
    lines += [
        f"| {each.duty.name} | {each.duty.every} | {each.duty.who} | {each.last or 'never'} | {each.by} |"
        f" {_state(each, today)} |"
        for each in found
    ]
    return "\n".join(lines)


def _state(each: Due, today: date) -> str:
    days = (each.by - today).days
    return f"OVERDUE by {-days} days" if days < 0 else f"in {days} days"


def _box(each: Due) -> str:
    how = links.INLINE.sub(_place, each.duty.by)
    return f"- [ ] **{each.duty.name}** ({each.duty.every}, {each.duty.who}) by {each.by}: {each.duty.what}. {how}"


def _place(link: re.Match[str]) -> str:
    """A link of the page as words and a path from the repository's root: an issue is read elsewhere."""
    place = f"{PAGE.name}{link[2]}" if link[2].startswith("#") else link[2]
    return f"{link[1]} ({posixpath.normpath(posixpath.join(PAGE.parent.as_posix(), place))})"


def checklist(calendar: Calendar, today: date) -> str:
    """What has to be done until this quarter ends: its first line is a title, the rest boxes to tick."""
    quarter = (today.month - 1) // _QUARTER + 1
    following = date(today.year + quarter // 4, quarter % 4 * _QUARTER + 1, 1)
    lines = [f"Reviews of {today.year} Q{quarter}", ""]
    lines += [_box(each) for each in due(calendar) if each.by < following]
    lines += ["", f"How each is done, and how it is recorded: {PAGE}."]
    return "\n".join(lines)
