"""The commands that pages name as evidence exist, and commands.yaml says where each runs and whether it has run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from tools import printed
from tools.audit_calendar import cron
from tools.pipeline import workflows

FILE = "tools/evidence/commands.yaml"
BY_HAND, SUITE, LANDING = "by hand", "make test", ".ci/run"
# How often LANDING runs.
EACH_LANDING = "each landing"
# What a command may need beyond this repository and the registries of packages.
NEEDS = {"root", "Debian", "node", "store", "Internet", "docker", "GitHub", "AWS", "cluster", "Stripe account"}
_STATES = ("ran", "renders_only", "not_run")
_FIELDS = {"where", "through", "cadence", "needs", "minutes", *_STATES}
_LONGEST = re.compile(
    r"make [a-z-]+|(?:\.venv/bin/)?python3? -m [\w.]+|\.ci/run"
    r"|(?:\.venv/bin/)?mercat (?:admin |doctor |pictures )?[a-z-]+"
)


class Known(NamedTuple):
    """A command of commands.yaml. `through`: the target that runs it; `state`: of _STATES; `told`: the date, or why."""

    where: str
    through: str
    cadence: str
    needs: frozenset[str]
    minutes: int
    state: str
    told: str


def key(command: str) -> str:
    """A command without its variables and arguments, as commands.yaml has it: `make attack`, `python -m proofs`."""
    words = [word for word in shlex.split(command) if not re.match(r"[A-Z_]+=", word)]
    found = _LONGEST.match(" ".join(words))
    return found[0].replace(".venv/bin/python", "python") if found else command


@cache
def known(root: Path) -> dict[str, Known]:
    """What commands.yaml says, by command."""
    return {name: _known(entry) for name, entry in _entries(root).items()}


def _entries(root: Path) -> dict[str, dict[str, object]]:
    entries: dict[str, object] = yaml.safe_load((root / FILE).read_text(encoding="utf-8"))
    return {name: entry if isinstance(entry, dict) else {} for name, entry in entries.items()}


def _known(entry: dict[str, object]) -> Known:
    state = next((name for name in _STATES if name in entry), "")
    needs = frozenset(str(entry.get("needs", "")).split(", ")) - {""}
    minutes, told = entry.get("minutes", 1), str(entry.get(state, ""))
    where, through, cadence = (str(entry.get(name, "")) for name in ("where", "through", "cadence"))
    return Known(where, through, cadence, needs, minutes if isinstance(minutes, int) else 1, state, told)


def wrong(root: Path, command: str) -> str:
    """Why a command shows nothing; empty if it exists and commands.yaml knows it."""
    if nowhere := _no_such(root, command):
        return nowhere
    return "" if key(command) in known(root) else f"say in {FILE} where `{key(command)}` runs, and whether it has run"


@cache
def _existing(root: Path) -> printed.Known:
    return printed.Known(printed.targets((root / "Makefile").read_text(encoding="utf-8")), printed.words())


def _no_such(root: Path, command: str) -> str:
    if command == LANDING:
        return "" if (root / LANDING).is_file() else "there is no such file"
    pieces = iter([(1, command)])
    return "; ".join(found.why for found in printed.wrong(Path(FILE), pieces, _existing(root)))


def complaints(root: Path) -> list[str]:
    """What is wrong in commands.yaml: commands that do not exist, or do not run where it says."""
    files = {file.path.name: file for file in workflows.workflows(root)}
    return [
        f"{FILE}: `{name}`: {told}"
        for name, entry in _entries(root).items()
        for told in _of_entry(root, name, entry, files)
    ]


def _of_entry(root: Path, name: str, entry: dict[str, object], files: dict[str, workflows.Workflow]) -> Iterator[str]:
    lacking, unknown = {"where", "cadence"} - set(entry), set(entry) - _FIELDS
    if lacking or unknown or sum(state in entry for state in _STATES) != 1:
        yield f"it has where, cadence and one of {', '.join(_STATES)}; it may have through, needs and minutes"
        return
    if told := _no_such(root, name):
        yield told
    if strange := _known(entry).needs - NEEDS:
        yield f"needs: {', '.join(sorted(strange))} is not one of {', '.join(sorted(NEEDS))}"
    if not isinstance(entry.get("minutes", 1), int):
        yield "minutes: a whole number"
    if "ran" in entry and not isinstance(entry["ran"], date):
        yield "ran: a date, as 2026-11-29"
    try:
        yield from _elsewhere(root, name, _known(entry), files)
    except cron.Unreadable as error:
        yield f"{entry['where']}: its schedule: {error}"


def _elsewhere(root: Path, name: str, entry: Known, files: dict[str, workflows.Workflow]) -> Iterator[str]:
    """Complaints about a command that does not stand in the place where it is said to run, or runs at other times."""
    places = {
        BY_HAND: ({BY_HAND}, name),
        SUITE: ({"each pull request"}, name),
        LANDING: ({EACH_LANDING}, (root / LANDING).read_text(encoding="utf-8")),
    }
    if entry.where in files:
        file = files[entry.where]
        text = "\n".join(str(step["run"]) for _, step in workflows.run_blocks(file))
        cadences, text = _cadences(file), text.replace(".venv/bin/python", "python")
    elif entry.where in places:
        cadences, text = places[entry.where]
    else:
        yield f"where: {entry.where} is no workflow, nor {', '.join(places)}"
        return
    called = entry.through or name
    if not _is_in(called, text):
        yield f"{entry.where} does not run {called}"
    if entry.through and not _is_in(name.replace("python ", ""), _recipe(root, entry.through.removeprefix("make "))):
        yield f"through: {entry.through} does not run it"
    if entry.cadence not in cadences:
        yield f"cadence: {entry.where} runs {' and '.join(sorted(cadences))}"


def _is_in(command: str, text: str) -> bool:
    """Whether a text calls it; `make a b` calls `make b` too."""
    words = re.escape(command).replace(r"make\ ", r"make (?:[a-z-]+ )*")
    return re.search(rf"(?<![\w.-]){words}(?![\w.-])", text) is not None


def _recipe(root: Path, target: str) -> str:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    found = re.search(rf"^(?:[\w-]+ )*{re.escape(target)}(?: [\w-]+)*:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    return found[1] if found else ""


def _cadences(file: workflows.Workflow) -> set[str]:
    """How often a workflow runs, in words: nightly, weekly, quarterly, each pull request, each merge, by hand.

    Raises:
        Unreadable: its schedule.
    """
    schedules = [cron.word(str(schedule["cron"])) for schedule in file.triggers.get("schedule") or []]
    found = {"nightly" if word == "daily" else word for word in schedules}
    words = {"pull_request": "each pull request", "push": "each merge"}
    found |= {word for trigger, word in words.items() if trigger in file.triggers}
    return found or {BY_HAND}
