"""Does what pages say, block by block, and prints a transcript."""

from __future__ import annotations

import re
from pathlib import Path

from proofs.tutorials import comparison
from proofs.tutorials.page import Commands, PageError, Written, steps
from proofs.tutorials.place import Place
from proofs.tutorials.session import Outcome, Session

SECONDS = 180.0
_STARTS = re.compile(r"^\s*(?:make|\.venv/bin/mercat) up\b", re.MULTILINE)
_SHOWN = 3000  # the last characters of an output


def run(place: Place, page: Path, *, seconds: float = SECONDS) -> str:
    """Do what a page says; returns what is wrong at its first wrong block, else an empty text."""
    try:
        todo = steps(page)
    except PageError as error:
        return str(error)
    print(f"\n== {page}", flush=True)
    first = next((step.text for step in todo if isinstance(step, Commands)), "")
    with Session(place.folder, place.environment, place.scratch) as session:
        if not _STARTS.search(first) and not place.runs():
            started = session.run(".venv/bin/mercat up\n", seconds=SECONDS)
            if started.status != 0:
                return f"{page}: the store did not start:\n{started.printed[-_SHOWN:]}"
            print(f"(the store was started in {started.seconds:.1f} s)", flush=True)
        for step in todo:
            if wrong := _do(place, session, step, page, seconds):
                return wrong
    return ""


def _do(place: Place, session: Session, step: Commands | Written, page: Path, seconds: float) -> str:
    """Do a step; returns what is wrong with it."""
    if isinstance(step, Written):
        print(f"(writes {step.path})", flush=True)
        return _write(place, step, page)
    print("".join(f"$ {line}\n" for line in step.text.splitlines()), end="", flush=True)
    outcome = session.run(place.here(step.text), fails=step.fails, seconds=seconds)
    printed = place.usual(outcome.printed)
    print(f"{printed.rstrip()}\n({outcome.seconds:.1f} s)".lstrip("\n"), flush=True)
    if wrong := _ended_wrong(step, outcome, seconds):
        line = step.line + (outcome.line or 1) - 1
        return f"{page}:{line}: {wrong}:\n{printed[-_SHOWN:]}"
    if absent := comparison.missing(step.expected, printed):
        return f"{page}:{absent[0]}: the output does not have this line, or not in this order: {absent[1].strip()}"
    return ""


def _ended_wrong(step: Commands, outcome: Outcome, seconds: float) -> str:
    if outcome.status is None:
        return f"this block did not end within {seconds:.0f} s"
    if step.fails and outcome.status == 0:
        return "this block should fail and did not"
    if not step.fails and outcome.status != 0:
        return f"this command ended with {outcome.status}"
    return "" if outcome.usable else "this block ended the shell, which the blocks after it need"


def _write(place: Place, step: Written, page: Path) -> str:
    path = (place.folder / step.path).resolve()
    if not path.is_relative_to(place.folder.resolve()):
        return f"{page}:{step.line}: {step.path} is outside of the project"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(place.here(step.text), encoding="utf-8")
    return ""
