"""`make controls` lists the controls and checks their evidence; `--run V6.2.1` and `--pick 10 --seed 7` run it."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

from tools.evidence import controls, pages, references, running
from tools.gates import tree


def main() -> None:
    """List and check, or run; the exit status is 1 if something is wrong or a control fails."""
    parser = argparse.ArgumentParser(prog="make controls", description=__doc__)
    parser.add_argument("--run", action="append", default=[], metavar="ID", help="run the evidence of a control")
    parser.add_argument("--pick", type=int, default=0, metavar="N", help="run that of N controls, picked at random")
    parser.add_argument("--seed", type=int, help="pick those again; default: another number each time")
    parser.add_argument("--minutes", type=int, default=7, help="leave out commands that take longer (7)")
    parser.add_argument("--list", action="store_true", help="print each control with its state")
    arguments = parser.parse_args()
    found = controls.read(tree.ROOT)
    if arguments.run or arguments.pick:
        chosen = _named(found, arguments.run) + _picked(found, arguments.pick, arguments.seed)
        sys.exit(run(tree.ROOT, chosen, arguments.minutes))
    check(found, every=arguments.list)


def check(found: list[controls.Control], *, every: bool) -> None:
    """Print the counts, and what is wrong."""
    if every:
        for control in found:
            print(f"{control.id:14} {control.state:15} {control.by:9} {control.asked}")
    print("standard | controls | met | partly | not met: Mercat | not met: others | not applicable")
    print("\n".join(controls.summary(found)))
    if wrong := [*pages.complaints(tree.ROOT), *controls.complaints(tree.ROOT)]:
        sys.exit("\n".join(["", *wrong]))
    print('\nEach control is there, and its evidence exists. `make controls ARGS="--pick 10"` runs that of ten.')


def _named(found: list[controls.Control], names: list[str]) -> list[controls.Control]:
    known = {control.id: control for control in found}
    if unknown := [name for name in names if name not in known]:
        sys.exit(f"There is no control {', '.join(unknown)}. `make controls ARGS=--list` prints all.")
    return [known[name] for name in names]


def _picked(found: list[controls.Control], number: int, seed: int | None) -> list[controls.Control]:
    """So many of the controls that are said to be met, in whole or in part."""
    if not number:
        return []
    seed = seed if seed is not None else random.randrange(10_000)  # noqa: S311 -- a sample, no secret
    shown = [control for control in found if control.state in references.SHOWN]
    print(f"{number} of {len(shown)} controls that are met or partly met, picked with --seed {seed}")
    return random.Random(seed).sample(shown, min(number, len(shown)))  # noqa: S311 -- as above


def run(root: Path, chosen: list[controls.Control], minutes: int) -> int:
    """Run the evidence of these controls, and tell how each ended; returns the exit status."""
    ends: dict[str, list[str]] = {"shown": [], "FAILED": [], "NOT RUN": []}
    for control in chosen:
        results = running.run(root, control, minutes, lambda text: print(text, flush=True))
        outcomes = {result.outcome for result in results}
        end = "FAILED" if running.FAILED in outcomes else "shown" if _is_shown(outcomes) else "NOT RUN"
        left = sum(result.outcome == running.NOT_RUN for result in results)
        print(
            f"  {control.id}: {end}{f', but {left} of {len(results)} references NOT RUN' if left else ''}", flush=True
        )
        ends[end].append(control.id)
    print(
        "\n"
        + "; ".join(f"{len(names)} {end}{f': {chr(44).join(names)}' if names else ''}" for end, names in ends.items())
    )
    return 1 if ends["FAILED"] else 0


def _is_shown(outcomes: set[str]) -> bool:
    """Something of it ran and passed; or all of it is there to be read."""
    return running.PASSED in outcomes or outcomes == {running.READ}


if __name__ == "__main__":
    main()
