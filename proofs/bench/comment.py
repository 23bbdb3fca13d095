"""What `make bench-base` found, in Markdown for a comment on a pull request."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from proofs.bench import counts
from proofs.bench.counts import Counts
from proofs.bench.figures import shown
from proofs.bench.median import median
from proofs.bench.pairs import FIGURES, Pairs

# Of a median ratio above it one wants to know why.
NOTABLE = 1.03


def told_counts(base: Counts, head: Counts) -> str:
    """The counts that changed, then all."""
    shared = [name for name in head.found if name in base.found]
    changed = [name for name in shared if head.found[name] != base.found[name]]
    grown = counts.grown(base.found, head.found)
    if not base.found:
        lines = [
            f"**The base records no counts**: nothing to compare the {len(head.found)} counts of this change with."
        ]
    elif grown:
        lines = [f"**{len(grown)} of {len(shared)} counts grew**, which is red.", "", *_table(grown, base, head)]
    else:
        lines = [f"**No count grew**, of {len(shared)}."]
    if others := [name for name in changed if name not in grown]:
        lines += ["", "Fell, or moved within their margin:", "", *_table(others, base, head)]
    if gone := sorted(set(base.found) - set(head.found)):
        lines += ["", f"No longer counted, or by another name: {'; '.join(gone)}"]
    if shared:
        lines += ["", f"<details><summary>All {len(shared)} counts</summary>", "", *_table(shared, base, head)]
        lines += ["", "</details>"]
    if head.failed:
        lines += ["", "A test of a budget failed on this change: `make test` says which."]
    return "\n".join(lines)


def _table(names: Sequence[str], base: Counts, head: Counts) -> Iterator[str]:
    yield from ("| count | base | this change | |", "| --- | ---: | ---: | ---: |")
    for name in names:
        was, now = base.found[name], head.found[name]
        yield f"| {name} | {was:,} | {now:,} | {f'{now - was:+,}' if now != was else ''} |"


def told_pairs(pairs: Pairs) -> str:
    """The median ratio of each figure with its interval, and the medians of both sides."""
    most = max(map(len, pairs.values()))
    return "\n".join(
        [
            f"CPU in milliseconds, in {most} alternating pairs; above 1 costs more. Ratios never turn this red.",
            "",
            "| | base | this change | median ratio | its 95 % interval | |",
            "| --- | ---: | ---: | ---: | :---: | --- |",
            *(_row(name, found) for name, found in pairs.items() if found),
        ]
    )


def _row(name: str, found: Sequence[tuple[float, float]]) -> str:
    ratio = median([head / base for base, head in found])
    sides = [shown(statistics.median(side), "ms") for side in zip(*found, strict=True)]
    sure = "" if ratio.sure >= 0.95 else f" ({ratio.sure:.0%})"
    verdict = "costs more" if ratio.low > 1 else "costs less" if ratio.high < 1 else "no difference seen"
    if ratio.low > 1 and ratio.value > NOTABLE:
        verdict = f"**costs more, above {NOTABLE}: profile it**"
    cells = [FIGURES[name], *sides, f"{ratio.value:.3f}", f"{ratio.low:.3f} to {ratio.high:.3f}{sure}", verdict]
    return f"| {' | '.join(cells)} |"
