"""The controls of docs/compliance/controls: what each standard asks, how it stands, and what shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tools.evidence import references, tables

FOLDER = Path("docs/compliance/controls")
SUMMARY = Path("docs/compliance/README.md")
BY = ("Mercat", "merchant", "AWS", "Stripe")
# Name of each standard, with the pages of its controls.
STANDARDS = {
    "OWASP ASVS 5.0.0": "asvs/v*.md",
    "CIS Amazon EKS 1.8.0": "cis-eks.md",
    "PCI DSS 4.0.1, SAQ A": "pci-dss.md",
    "GDPR": "gdpr.md",
    "SOC 2": "soc2.md",
}
# Requirements of ASVS 5.0.0 by chapter: of level 1, 2 and 3. Those of 1 and 2 are all there; of 3 those that are shown.
ASVS = {
    "V1": (8, 19, 3),
    "V2": (4, 7, 2),
    "V3": (8, 11, 12),
    "V4": (2, 8, 6),
    "V5": (4, 5, 4),
    "V6": (13, 22, 12),
    "V7": (6, 12, 1),
    "V8": (4, 3, 6),
    "V9": (4, 3, 0),
    "V10": (5, 24, 7),
    "V11": (3, 11, 10),
    "V12": (3, 6, 3),
    "V13": (1, 12, 8),
    "V14": (2, 7, 4),
    "V15": (3, 10, 8),
    "V16": (0, 16, 1),
    "V17": (0, 7, 5),
}


class Control(NamedTuple):
    """A row: what is asked, its state, who answers for it, its evidence, and what it lacks."""

    standard: str
    page: Path
    line: int
    id: str
    level: str
    asked: str
    state: str
    by: str
    evidence: list[references.Reference]
    lacks: str


def read(root: Path) -> list[Control]:
    """All controls, by standard and page."""
    return [
        _control(standard, path.relative_to(root), row)
        for standard, pattern in STANDARDS.items()
        for path in sorted((root / FOLDER).glob(pattern), key=lambda path: (len(path.name), path.name))
        for row in tables.rows(path.read_text(encoding="utf-8"))
        if "id" in row.cells and "state" in row.cells
    ]


def _control(standard: str, page: Path, row: tables.Row) -> Control:
    def cell(name: str) -> str:
        return row.cells.get(name, "")

    evidence = references.references(cell("evidence"))
    words = (cell("id"), cell("level"), cell("asked"), cell("state"), cell("by"))
    return Control(standard, page, row.line, *words, evidence, cell("lacks"))


def complaints(root: Path) -> list[str]:
    """Controls that are missing, twice there or not whole, and a summary that says otherwise than they do."""
    found = read(root)
    names = Counter(control.id for control in found)
    wrong = [told for control in found for told in _of_control(control)]
    wrong += [f"{FOLDER}: {name} is there {number} times" for name, number in names.items() if number > 1]
    wrong += [f"{FOLDER}: {standard} has no controls" for standard in STANDARDS if not _of(found, standard)]
    wrong += _of_asvs(found)
    text = (root / SUMMARY).read_text(encoding="utf-8")
    if told := [row for row in summary(found) if row not in text.splitlines()]:
        wrong.append(f"{SUMMARY}: the counts have changed; the rows are\n" + "\n".join(told))
    return wrong


def _of_control(control: Control) -> Iterator[str]:
    place = f"{control.page}:{control.line}: {control.id}"
    if not control.asked:
        yield f"{place}: say in few words what is asked"
    if control.by not in BY:
        yield f"{place}: `{control.by}` is none of {', '.join(BY)}"
    if control.state == "partly" and not control.lacks:
        yield f"{place}: it says `partly`; say in the column `lacks` what it lacks"


def _of(found: list[Control], standard: str) -> list[Control]:
    return [control for control in found if control.standard == standard]


def _of_asvs(found: list[Control]) -> Iterator[str]:
    """Complaints about chapters that have not the requirements of the standard, counted by level."""
    for chapter, numbers in ASVS.items():
        rows = [control for control in found if control.id.startswith(f"{chapter}.")]
        for level, wanted in enumerate(numbers, start=1):
            there = sum(row.level == str(level) for row in rows)
            if there > wanted or (there < wanted and level < 3):
                yield f"{FOLDER}: {chapter} has {there} requirements of level {level}, and the standard {wanted}"


def summary(found: list[Control]) -> list[str]:
    """The rows of the auditor's first table: how many controls of each standard are in which state, and whose."""
    rows = []
    for standard, pattern in STANDARDS.items():
        own = _of(found, standard)
        counts = [sum(control.state == state for control in own) for state in references.STATES]
        others = sum(control.state == "not met" and control.by != "Mercat" for control in own)
        link = f"controls/{pattern.replace('asvs/v*.md', 'asvs.md')}"
        cells = [f"[{standard}]({link})", *map(str, [len(own), *counts[:2], counts[2] - others, others, counts[3]])]
        rows.append("| " + " | ".join(cells) + " |")
    return rows
