from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mercat import words
from mercat.tests.conftest import ROOT

OWN = Path(sys.executable).parent


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch):
    monkeypatch.delenv(words.TYPED, raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.chdir(ROOT)


def test_where_the_path_does_not_find_it_it_is_named_by_its_own():
    assert words.typed("up") == ".venv/bin/mercat up"


def test_from_another_folder_the_whole_path_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert words.typed("up") == f"{OWN / 'mercat'} up"
    typed = words.typed("--help")
    done = subprocess.run(typed, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_activated_environment_finds_it_by_its_name(monkeypatch):
    monkeypatch.setenv("PATH", f"{OWN}:{os.environ['PATH']}")
    assert words.typed("logs catalog") == "mercat logs catalog"


def test_another_program_of_that_name_is_not_taken_for_it(tmp_path, monkeypatch):
    (tmp_path / "mercat").write_text("#!/bin/sh\n")
    (tmp_path / "mercat").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert shutil.which("mercat") == str(tmp_path / "mercat")
    assert words.typed("up") == ".venv/bin/mercat up"


def test_who_used_make_is_told_make_where_make_has_the_word(monkeypatch):
    monkeypatch.setenv(words.TYPED, "make")
    assert words.typed("up") == "make up"
    assert words.typed("logs catalog") == ".venv/bin/mercat logs catalog"
    assert words.command("reset --yes") == ".venv/bin/mercat reset --yes"
    for word in words.TARGETS:
        done = subprocess.run(["make", "-n", word], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_supervisor_speaks_for_the_command_that_started_it(monkeypatch):
    monkeypatch.setenv(words.TYPED, "/a/b/mercat")
    assert words.typed("down") == "/a/b/mercat down"
