"""The Python client, made anew. mercat/tests/test_stack.py buys with it, in the store that it has."""

from __future__ import annotations

import filecmp
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.client import generate
from tools.client.tests import programs
from tools.openapi import ROOT, WHOLE


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    programs.need_generator()
    folder: Path = tmp_path_factory.mktemp("client") / "made"
    generate.generate(folder)
    return folder


def test_programs_that_use_it_are_typed(made, tmp_path):
    installed = programs.install(made, tmp_path / "installed")
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from mercat_client.models import PutLine\n\nPutLine(quantity='one')\n", encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--config-file=",
            "--strict",
            "--follow-imports=silent",
            "--cache-dir",
            tmp_path,
            *programs.written(tmp_path),
            *programs.written(tmp_path, made / "README.md"),
            wrong,
        ],
        env={**os.environ, "MYPYPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    # The programs are right, and a wrong one is found: the client's types are read.
    assert re.fullmatch(r'\S+wrong.py:3: error: Argument "quantity" .*\nFound 1 error .*\n', done.stdout), done.stdout


def test_it_is_the_same_each_time_with_a_licence_and_a_function_an_operation(made, tmp_path):
    again = tmp_path / "again"
    generate.generate(again)
    files = sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file())
    assert {path.name for path in made.iterdir()} == generate.MADE
    assert filecmp.cmpfiles(made, again, files, shallow=False) == (files, [], [])
    assert (made / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    document = json.loads((ROOT / WHOLE).read_text(encoding="utf-8"))
    named = {operation["operationId"] for methods in document["paths"].values() for operation in methods.values()}
    assert named == {path.stem for path in made.glob("mercat_client/api/*/*.py")} - {"__init__"}


def test_what_the_generator_cannot_make_is_an_error(tmp_path):
    programs.need_generator()
    body = {"content": {"text/odd": {"schema": {"type": "string"}}}}
    operation = {"operationId": "send_odd", "requestBody": body, "responses": {"204": {"description": "Taken"}}}
    document = {"openapi": "3.1.0", "info": {"title": "Odd", "version": "1"}, "paths": {"/odd": {"post": operation}}}
    (tmp_path / "docs").mkdir()
    (tmp_path / WHOLE).write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(generate.CannotGenerate, match="text/odd"):
        generate.generate(tmp_path / "client", tmp_path)


def test_a_folder_with_something_else_is_left_as_it_is(tmp_path):
    (tmp_path / "mine.txt").touch()
    for _ in ("without a client", "with one"):
        with pytest.raises(generate.CannotGenerate, match="name a new folder"):
            generate.generate(tmp_path)
        (tmp_path / "mercat_client").mkdir(exist_ok=True)
    with pytest.raises(generate.CannotGenerate, match="name a new folder"):
        generate.generate(tmp_path / "mine.txt")
    assert (tmp_path / "mine.txt").exists()


def test_without_the_generator_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(generate, "GENERATOR", tmp_path / "nothing")
    with pytest.raises(generate.CannotGenerate, match=r"run `sh tools/install_client\.sh`"):
        generate.generate(tmp_path / "client")
