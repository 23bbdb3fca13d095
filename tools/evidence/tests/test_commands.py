"""commands.yaml tells the truth about where a command runs."""

from __future__ import annotations

import pytest

from tools.evidence import commands
from tools.evidence.tests import checkout

RIGHT = [
    "make prove: {where: nightly.yml, cadence: nightly, ran: 2026-11-29}",
    "make attack: {where: by hand, cadence: by hand, needs: 'root, Debian', minutes: 3, not_run: why}",
    "python -m proofs: {where: nightly.yml, through: make prove, cadence: nightly, ran: 2026-11-29}",
]
WRONG = {
    "make pruve: {where: by hand, cadence: by hand, ran: 2026-11-29}": "there is no such target",
    "make attack: {where: nightly.yml, cadence: nightly, ran: 2026-11-29}": "nightly.yml does not run make attack",
    "make prove: {where: nightly.yml, cadence: weekly, ran: 2026-11-29}": "nightly.yml runs nightly",
    "make prove: {where: monthly.yml, cadence: monthly, ran: 2026-11-29}": "monthly.yml is no workflow",
    "make prove: {where: nightly.yml, cadence: nightly}": "one of ran, renders_only, not_run",
    "make prove: {where: nightly.yml, cadence: nightly, ran: 2026-11-29, not_run: never}": "one of ran",
    "make prove: {where: nightly.yml, cadence: nightly, ran: lately}": "a date",
    "make prove: {where: nightly.yml, cadence: nightly, minutes: few, ran: 2026-11-29}": "minutes: a whole number",
    "make prove: {cadence: nightly, ran: 2026-11-29}": "it has where, cadence and one of",
    "make prove: nightly.yml": "it has where, cadence and one of",
    "make prove: {where: nightly.yml, cadence: nightly, needs: luck, ran: 2026-11-29}": "luck is not one of",
    "make attack: {where: nightly.yml, through: make walk, cadence: nightly, ran: 2026-11-29}": "does not run it",
}


@pytest.mark.parametrize("entry", RIGHT)
def test_a_command_that_runs_where_it_says_is_not_reported(tmp_path, entry):
    root = checkout.made(tmp_path, {commands.FILE: entry})
    assert commands.complaints(root) == []


@pytest.mark.parametrize("entry", WRONG)
def test_a_command_that_does_not_is_reported(tmp_path, entry):
    root = checkout.made(tmp_path, {commands.FILE: entry})
    found = commands.complaints(root)
    assert any(WRONG[entry] in told for told in found), found
    assert commands.known(root)  # by which evidence is judged meanwhile


SCHEDULES = {
    "1 2 * * *": "nightly",
    "1 2 * * 1": "weekly",
    "1 2 1 * *": "monthly",
    "1 2 1 1,4,7,10 *": "quarterly",
    "1 2 1 1 *": "yearly",
}


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_how_often_a_workflow_runs_is_read_from_its_schedule(tmp_path, schedule):
    nightly = checkout.FILES[".github/workflows/nightly.yml"].replace("1 2 * * *", schedule)
    entry = f"make prove: {{where: nightly.yml, cadence: {SCHEDULES[schedule]}, ran: 2026-11-29}}"
    root = checkout.made(tmp_path, {commands.FILE: entry, ".github/workflows/nightly.yml": nightly})
    assert commands.complaints(root) == []


def test_a_schedule_that_is_not_read_is_reported(tmp_path):
    nightly = checkout.FILES[".github/workflows/nightly.yml"].replace("1 2 * * *", "@daily")
    root = checkout.made(tmp_path, {commands.FILE: RIGHT[0], ".github/workflows/nightly.yml": nightly})
    assert [told for told in commands.complaints(root) if "nightly.yml: its schedule: '@daily'" in told]


KEYS = [
    ("make attack", "make attack"),
    ('MERCAT_PROOF_OFFSET=900 make bench ARGS="idle paid_order"', "make bench"),
    (".venv/bin/python -m proofs oversell", "python -m proofs"),
    (".venv/bin/mercat doctor stripe", ".venv/bin/mercat doctor stripe"),
    (".ci/run", ".ci/run"),
]


@pytest.mark.parametrize(("command", "key"), KEYS)
def test_a_command_is_known_without_its_arguments(command, key):
    assert commands.key(command) == key
