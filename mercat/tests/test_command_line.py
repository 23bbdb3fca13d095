from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mercat.installation import command_line
from mercat.tests.conftest import ROOT

OWN = Path(sys.executable).parent


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch):
    monkeypatch.delenv(command_line.TYPED_VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.chdir(ROOT)


def test_program_outside_of_path_is_named_by_its_path():
    assert command_line.typed_command("up") == ".venv/bin/mercat up"


def test_from_another_folder_the_absolute_path_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command_line.typed_command("up") == f"{OWN / 'mercat'} up"
    typed = command_line.typed_command("--help")
    done = subprocess.run(  # nosec B602 -- as a person types it
        typed, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_in_an_activated_environment_the_name_suffices(monkeypatch):
    monkeypatch.setenv("PATH", f"{OWN}:{os.environ['PATH']}")
    assert command_line.typed_command("logs catalog") == "mercat logs catalog"


def test_other_program_with_the_same_name_is_not_used(tmp_path, monkeypatch):
    (tmp_path / "mercat").write_text("#!/bin/sh\n")
    (tmp_path / "mercat").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert shutil.which("mercat") == str(tmp_path / "mercat")
    assert command_line.typed_command("up") == ".venv/bin/mercat up"


def test_make_users_get_make_commands_for_its_targets(monkeypatch):
    monkeypatch.setenv(command_line.TYPED_VARIABLE, "make")
    assert command_line.typed_command("up") == "make up"
    assert command_line.typed_command("logs catalog") == ".venv/bin/mercat logs catalog"
    assert command_line.mercat_command("reset --yes") == ".venv/bin/mercat reset --yes"
    for word in command_line.MAKE_TARGETS:
        done = subprocess.run(["make", "-n", word], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_supervisor_prints_commands_like_the_one_that_started_it(monkeypatch):
    monkeypatch.setenv(command_line.TYPED_VARIABLE, "/a/b/mercat")
    assert command_line.typed_command("down") == "/a/b/mercat down"
