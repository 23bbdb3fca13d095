"""`make bench-base BASE=<git ref> [OUT=comment.md]`: this tree against another commit.

Counts of both are compared: the exit status is 1 if one grew, and 2 if they could not be measured. The CPU of both is
measured in alternating pairs: ratios are told with their interval, and never change the status.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from proofs.bench import comment, counts, history, pairs
from proofs.bench.counts import Counts
from proofs.bench.history import ROOT
from proofs.bench.trees import checked_out, commit_of, python_of

# How often counts that grew are counted again, on both sides: the least of each count.
AGAIN = 4


def both_counts(base: Path, head: Path, tests: list[str], again: int) -> tuple[Counts, Counts]:
    """The least counts of both."""
    sides = [counts.of_tree(tree, python_of(tree), tests) for tree in (base, head)]
    for _ in range(again):
        grown = counts.grown(sides[0].found, sides[1].found)
        if not grown:
            break
        for number, tree in enumerate((base, head)):
            side = sides[number]
            named = sorted({side.tests[name] for name in grown})
            sides[number] = side.least(counts.of_tree(tree, python_of(tree), named))
    return sides[0], sides[1]


def unmeasured(base: Counts, head: Counts) -> str:
    """Why the counts say nothing, or an empty text."""
    if not head.found or (head.failed and set(base.found) - set(head.found)):
        return f"this change could not be counted:\n{head.failed or 'no test records a count'}"
    if base.failed and not base.found:
        return f"the base could not be counted:\n{base.failed}"
    return ""


async def _compare(arguments: argparse.Namespace, commit: str) -> tuple[Counts, Counts, str]:
    """The counts of both, and what to tell of their CPU."""
    found: list[tuple[Counts, Counts]] = []
    with checked_out(commit) as tree:

        def count() -> None:
            found.append(both_counts(tree, ROOT, arguments.tests, arguments.again))

        if arguments.pairs == 0:
            count()
            return *found[0], "CPU was not measured."
        limits = {"pairs": arguments.pairs, "seconds": arguments.minutes * 60}
        try:
            told = comment.told_pairs(await pairs.measure(tree, ROOT, **limits, meanwhile=count))
        except pairs.Unmeasured as error:
            told = f"CPU could not be measured. The last words of\n\n```\n{error}\n```"
        if not found:
            count()
        return *found[0], told


def main() -> None:
    """Compare, and write the comment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", required=True, help="a commit, branch or tag")
    parser.add_argument("--out", type=Path, help="write the Markdown to this file, too")
    parser.add_argument("--pairs", type=int, default=20, help="0: counts alone")
    parser.add_argument("--minutes", type=float, default=6, help="for the pairs; at least 6 pairs are measured")
    parser.add_argument("--tests", nargs="+", default=[], metavar="FILE", help="count by these files of tests alone")
    parser.add_argument("--again", type=int, default=AGAIN, help="how often to count again what grew")
    arguments = parser.parse_args()
    commit = commit_of(arguments.base)
    now = history.began()
    base, head, cpu = asyncio.run(_compare(arguments, commit))
    wrong = unmeasured(base, head)
    counted = f"Counts: {wrong.splitlines()[0]}" if wrong else comment.told_counts(base, head)
    where = f"{now.machine}; load {now.load:.1f} at its start."
    text = "\n\n".join([f"### Benchmark of {now.name} against {commit[:8]}", counted, cpu, where]) + "\n"
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    if wrong:
        print(wrong, file=sys.stderr)
        sys.exit(2)
    if grown := counts.grown(base.found, head.found):
        sys.exit(f"Counts grew: {'; '.join(grown)}")


if __name__ == "__main__":
    main()
