"""`make debt`: the register docs/debt.md against the code. `ARGS=--report`: the costliest, the old, the hot spots.

A comment `debt(ID)` stands where the code would change if the debt were paid. Each has an entry, each entry a comment.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tools.gates import tree
from tools.release.repository import ROOT, Refused, git

REGISTER = "docs/debt.md"
_ROW = re.compile(r"^\| `(?P<id>[a-z0-9-]+)` \|(?P<rest>.*)\|$", re.MULTILINE)
_MARK = re.compile(r"debt\(([a-z0-9-]+)\)")
_BUDGET = re.compile(r"budget is (\d+) days", re.IGNORECASE)
_WHEN = "## When debts are taken"
_DAYS, _COSTLIEST, _SPOTS, _OLD = 90, 3, 10, timedelta(days=183)
CODE = (".py", ".sql", ".tf", ".yaml", ".tpl", ".sh", ".js", ".conf")
_FIELDS = 6


class Debt(NamedTuple):
    """A row of the register. `cost`: days of work to pay it; `when`: what has to happen before it is paid."""

    id: str
    what: str
    where: str
    cost: float
    since: str
    reason: str
    when: str


def register(text: str) -> list[Debt]:
    """The rows of the register.

    Raises:
        Refused: a row is not complete.
    """
    found = []
    for row in _ROW.finditer(text):
        cells = [cell.strip() for cell in row["rest"].split("|")]
        if len(cells) != _FIELDS or not all(cells) or not re.fullmatch(r"\d+(\.\d)?", cells[2]):
            raise Refused(
                f"{REGISTER}: {row['id']}: a row is: id, what, where, days (a number), since, why, when to pay"
            )
        what, where, cost, *rest = cells
        found.append(Debt(row["id"], what, where, float(cost), *rest))
    return found


def marks(root: Path) -> dict[str, list[str]]:
    """The files with a comment `debt(ID)`, by id."""
    found: dict[str, list[str]] = {}
    for name in tree.files(root):
        if name.endswith(CODE) and "tests" not in name.split("/") and not name.startswith("tools/release/"):
            for mark in _MARK.findall((root / name).read_text("utf-8")):
                found.setdefault(mark, []).append(name)
    return found


def complaints(root: Path, today: date) -> list[str]:
    """What of the register is not true of the code, or not in order."""
    text = (root / REGISTER).read_text("utf-8")
    debts, marked = register(text), marks(root)
    known = Counter(each.id for each in debts)
    found = [f"{each} stands twice" for each, times in known.items() if times > 1]
    found += [f"{', '.join(marked[each])}: debt({each}) has no entry" for each in sorted(set(marked) - set(known))]
    for each in debts:
        named = re.findall(r"`([^`]+)`", each.where)
        if each.id not in marked:
            found.append(f"{each.id}: no code says debt({each.id}): is it paid? Then take its row out")
        elif set(marked[each.id]) != set(named):
            found.append(
                f"{each.id}: its comments are in {', '.join(sorted(set(marked[each.id])))}, not in {each.where}"
            )
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", each.since) or date.fromisoformat(each.since) > today:
            found.append(f"{each.id}: '{each.since}' is no day of the past")
    if _WHEN not in text:
        found.append(f"it does not say when debts are taken: a heading '{_WHEN}'")
    budget, owed = _BUDGET.search(text), sum(each.cost for each in debts)
    if budget is None:
        found.append("it names no budget: 'The budget is 30 days'")
    elif owed > int(budget[1]):
        found.append(f"{owed:g} days are owed, and the budget is {budget[1]}: pay some first")
    return [f"{REGISTER}: {each}" for each in found]


def hot_spots(root: Path) -> list[tuple[str, int, int]]:
    """The files with most changes times lines: name, changes within 90 days, lines."""
    log = git(root, "log", f"--since={_DAYS} days ago", "--no-merges", "--format=", "--name-only")
    changes = Counter(name for name in log.split("\n") if name.endswith(CODE) and (root / name).is_file())
    found = [(name, times, (root / name).read_text("utf-8").count("\n")) for name, times in changes.items()]
    return sorted(found, key=lambda each: (-each[1] * each[2], each[0]))[:_SPOTS]


def report(root: Path, today: date) -> str:
    """The costliest debts, the old ones and the hot spots, as Markdown."""
    debts = sorted(register((root / REGISTER).read_text("utf-8")), key=lambda each: (-each.cost, each.since))
    lines = [f"## Debt: {sum(each.cost for each in debts):g} days in {len(debts)} entries", ""]
    lines += ["| id | days | since | what | pay it when |", "| --- | ---: | --- | --- | --- |"]
    lines += [f"| {d.id} | {d.cost:g} | {d.since} | {d.what} | {d.when} |" for d in debts[:_COSTLIEST]]
    old = [each for each in debts if date.fromisoformat(each.since) < today - _OLD]
    lines += ["", f"## Older than half a year: {len(old)}", "", *(f"- {d.id}, {d.since}: decide anew" for d in old)]
    lines += ["", f"## Hot spots of {_DAYS} days", "", "| file | changes | lines |", "| --- | ---: | ---: |"]
    return "\n".join([*lines, *(f"| `{name}` | {times} | {size} |" for name, times, size in hot_spots(root))])


def main() -> None:
    """Check the register; the exit status is 1 if it is not true."""
    today = datetime.now(UTC).date()
    try:
        found = complaints(ROOT, today)
        if "--report" in sys.argv[1:]:
            print(report(ROOT, today))
    except Refused as refused:
        sys.exit(str(refused))
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
