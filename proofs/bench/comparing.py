"""`make bench-compare`: the last entry of the history against the one before, or against that of BASE=<commit>.

The exit status is 1 if a count grew. Other figures are told with their ratio, and never change it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from proofs.bench import counts, history, trees
from proofs.bench.figures import Figure, shown
from proofs.bench.history import Entry


def table(before: Entry, after: Entry) -> str:
    """The figures that both have, parts and equal counts aside; says first if the machines differ."""
    head = [f"{after} against {before}"]
    if before.machine != after.machine:
        head.append(f"THE MACHINES DIFFER, so only ratios and counts compare: {after.machine}; before {before.machine}")
    pairs = [(before.figures[name], figure) for name, figure in after.figures.items() if name in before.figures]
    if not pairs:
        return "\n".join([*head, "They have no figure in common: run the same parts, `make bench` runs all."])
    rows = list(_rows(pairs))
    width = max((len(row[0]) for row in rows), default=0)
    told = [f"  {row[0]:{width}}  {row[1]:>20}  {row[2]:>20}  {row[3]}" for row in rows]
    same = sum(was.kind == "count" and was.value == now.value for was, now in pairs)
    return "\n".join([*head, *told, *([f"  {same} counts are as before"] if same else [])])


def _rows(pairs: Sequence[tuple[Figure, Figure]]) -> Iterator[tuple[str, str, str, str]]:
    """Name, before, after, change."""
    for was, now in pairs:
        if now.of or (now.kind == "count" and now.value == was.value):
            continue
        if now.kind == "count":
            change = f"{now.value - was.value:+,.0f}{' GREW' if counts.grew(now.name, was.value, now.value) else ''}"
        else:
            change = f"{now.value / was.value:.2f}x" if was.value else ""
        yield now.what, shown(was.value, was.unit), shown(now.value, now.unit), change


def grown(before: Entry, after: Entry) -> list[str]:
    """The names of the counts that grew."""
    was, now = (
        {figure.what: figure.value for figure in entry.figures.values() if figure.kind == "count"}
        for entry in (before, after)
    )
    return counts.grown(was, now)


def chosen(entries: Sequence[Entry], base: str) -> tuple[Entry, Entry]:
    """The entries to compare.

    Raises:
        SystemExit: there are none; the message says what to do.
    """
    if len(entries) < 2:
        raise SystemExit(f"The history has {len(entries)} of the 2 entries to compare: `make bench` adds one.")
    *earlier, last = entries
    if not base:
        return earlier[-1], last
    commit = trees.commit_of(base)
    found = [entry for entry in earlier if entry.commit == commit and not entry.dirty]
    here = [entry for entry in found if entry.machine == last.machine]
    if not here:
        where = "".join(f"\n  on {entry.machine}" for entry in found)
        raise SystemExit(f"No entry of {commit[:8]}, without changes, is of the last entry's machine.{where}")
    return here[-1], last


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", default="", help="a commit with an entry; by default the entry before the last")
    before, after = chosen(history.read(history.place()), parser.parse_args().base)
    print(table(before, after))
    if names := grown(before, after):
        sys.exit(f"Counts grew: {'; '.join(names)}")


if __name__ == "__main__":
    main()
