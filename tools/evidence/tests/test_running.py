"""`make controls` runs what a control names: what fails is FAILED, what was left out is NOT RUN and never shown."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import psutil
import pytest

from chassis.testing.waiting import wait_until
from tools.evidence import __main__ as command
from tools.evidence import commands, controls, pages, references, running
from tools.evidence.controls import Control
from tools.evidence.tests import checkout
from tools.gates import tree

TESTS = """
import pytest


def test_right():
    assert 1 + 1 == 2


def test_wrong():
    assert 1 + 1 == 3


def test_left_out():
    pytest.{}('there is no cluster')
"""
COMMANDS = """
make prove: {where: nightly.yml, cadence: nightly, ran: 2026-11-29}
make attack: {where: by hand, cadence: by hand, needs: cluster, not_run: "no cluster; first command: make attack"}
make walk: {where: by hand, cadence: by hand, needs: Stripe account, ran: 2026-11-29}
make bench: {where: by hand, cadence: by hand, minutes: 90, ran: 2026-11-29}
"""
MAKEFILE = "prove:\n\t@test -z '$(ARGS)'\nattack walk bench:\n\t@exit 1\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    files = {
        "shop/tests/test_sale.py": TESTS.format("skip"),
        "Makefile": MAKEFILE,
        commands.FILE: COMMANDS,
        "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['shop']\nmarkers = ['image']\n",
    }
    return checkout.made(tmp_path_factory.mktemp("checkout"), files)


def control(cell: str) -> Control:
    evidence = references.references(cell)
    return Control("A standard", Path("page.md"), 1, "V1.1", "1", "it is so", "met", "Mercat", evidence, "")


SALE = "`shop/tests/test_sale.py::test_{}`"
ENDS = [
    (SALE.format("right"), "1 shown: V1.1", "passed: 1 tests"),
    (SALE.format("wrong"), "1 FAILED: V1.1", "assert (1 + 1) == 3"),
    (SALE.format("left_out"), "1 NOT RUN: V1.1", "1 of 1 tests were left out"),
    (f"{SALE.format('right')}<br>{SALE.format('wrong')}", "1 FAILED: V1.1", "passed: 1 tests"),
    ("`shop/tests/test_gone.py`", "1 FAILED: V1.1", "file or directory not found"),
    ("`make prove`", "1 shown: V1.1", "status 0"),
    ('`make prove ARGS="x"`', "1 FAILED: V1.1", "FAILED: status 2"),
    ("`make attack`", "1 NOT RUN: V1.1", "it has never run: no cluster"),
    ("`make walk`", "1 NOT RUN: V1.1", "it needs Stripe account"),
    ("`make bench`", "1 NOT RUN: V1.1", "it takes 90 minutes"),
    ("`make bench`<br>`make prove`", "1 shown: V1.1", "but 1 of 2 references NOT RUN"),
    ("`Makefile`", "1 shown: V1.1", "read: a person reads it"),
    ("`make bench`<br>`Makefile`", "1 NOT RUN: V1.1", "a person reads it"),
]


@pytest.mark.parametrize(("cell", "end", "words"), ENDS)
def test_a_control_ends_as_its_evidence_does(root, capsys, monkeypatch, cell, end, words):
    monkeypatch.setenv(
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"
    )  # the checkout needs none, and they take a second each time
    status = command.run(root, [control(cell)], 7)
    said = capsys.readouterr().out
    assert end in said
    assert words in said
    assert status == ("FAILED: V1.1" in end)


def test_a_target_gets_no_options_of_the_make_that_runs_controls(root, capsys, monkeypatch):
    monkeypatch.setenv("MAKEFLAGS", " -- ARGS=--pick\\ 10")
    monkeypatch.setenv("ARGS", "--pick 10")
    assert command.run(root, [control("`make prove`")], 7) == 0, capsys.readouterr().out


def test_a_command_that_does_not_end_is_ended_with_what_it_started(tmp_path, capsys, monkeypatch):
    makefile = "prove:\n\t@sleep 600 & echo $$! >started; sleep 600\n"
    root = checkout.made(tmp_path, {"Makefile": makefile, commands.FILE: COMMANDS})
    monkeypatch.setattr(running, "_SECONDS", 2)
    assert command.run(root, [control("`make prove`")], 7) == 1
    assert "did not end within 2 seconds" in capsys.readouterr().out
    started = int((root / "started").read_text())
    wait_until(lambda: not psutil.pid_exists(started) or psutil.Process(started).status() == psutil.STATUS_ZOMBIE)


def test_a_test_of_terraform_is_that_of_its_module(root, monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(running, "_done", lambda *_: pytest.fail("\n".join(said)))
    with pytest.raises(pytest.fail.Exception, match=re.escape("its_own_tests_pass[modules/cluster]")):
        running.run(root, control("`deploy/terraform/modules/cluster/tests/nodes.tftest.hcl`"), 7, said.append)


@pytest.fixture
def asked(monkeypatch):
    """Call the command with these words."""

    def ask(*words: str) -> None:
        monkeypatch.setattr(sys, "argv", ["controls", *words])
        command.main()

    return ask


def test_the_same_seed_picks_the_same_controls():
    found = controls.read(tree.ROOT)
    first, again, other = (command._picked(found, 10, seed) for seed in (7, 7, 8))
    assert first == again != other
    assert len(first) == 10
    assert {one.state for one in first} <= {"met", "partly"}


def test_a_control_that_there_is_not_is_named(asked):
    with pytest.raises(SystemExit, match=r"There is no control V99\.1\.1\."):
        asked("--run", "V99.1.1")


def test_without_options_the_counts_are_told_and_all_is_there(asked, capsys):
    asked()
    assert "Each control is there, and its evidence exists." in capsys.readouterr().out


def test_what_is_wrong_ends_the_command(asked, monkeypatch):
    monkeypatch.setattr(pages, "complaints", lambda _: ["page.md:1: it names nothing"])
    with pytest.raises(SystemExit, match="it names nothing"):
        asked()
