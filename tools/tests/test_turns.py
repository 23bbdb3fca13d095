from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import defaultdict

import yaml

from tools import turns
from tools.run_tests import ROOT

FILES = ["deploy/a.py", "chassis/a.py", "chassis/b.py", "services/a.py", "services/b.py", "mercat/a.py"]
SECONDS = {"mercat/a.py": 9.0, "chassis/b.py": 5.0, "services/b.py": 100.0}


def all_of(worker: str) -> list[str]:
    in_turn, left = turns.InTurn(SECONDS), list(FILES)
    return [left.pop(left.index(in_turn.next(worker, left))) for _ in FILES]


def test_the_first_worker_begins_with_what_waits_and_the_others_with_what_computes():
    computing = ["chassis/b.py", "chassis/a.py", "services/b.py", "services/a.py"]
    assert all_of("gw0") == ["mercat/a.py", "deploy/a.py", *computing]
    assert all_of("gw1") == all_of("gw2") == [*computing, "mercat/a.py", "deploy/a.py"]


def test_each_folder_of_tests_has_its_turn_and_the_table_names_files():
    settings = (ROOT / "pyproject.toml").read_text()
    (folders,) = re.findall(r"^testpaths = (.*)$", settings, re.MULTILINE)
    assert sorted(turns.WAITING + turns.COMPUTING) == sorted(yaml.safe_load(folders))
    assert [file for file in turns.table() if not (ROOT / file).exists()] == []


def test_each_test_runs_once_and_a_file_in_one_worker_and_the_long_files_are_written(tmp_path):
    for folder in ("deploy", "chassis", "services"):
        for name in ("a", "b"):
            file = tmp_path / folder / f"test_{name}.py"
            file.parent.mkdir(exist_ok=True)
            file.write_text("import pytest\n\n@pytest.mark.parametrize('n', range(4))\ndef test_it(n): pass\n")
    argv = [sys.executable, "-m", "pytest", "-v", "-p", "tools.turns", "-n", "3", "--dist", "loadfile"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), turns.WRITE: str(tmp_path / "long.yaml")}
    argv += ["--import-mode=importlib", f"--rootdir={tmp_path}", str(tmp_path)]
    done = subprocess.run(argv, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    ran = re.findall(r"^\[(gw\d)\].* PASSED (\S+)::(\S+)", done.stdout, re.MULTILINE)
    assert len(ran) == len(set(ran)) == 24, done.stdout
    workers = defaultdict(set)
    for worker, file, _ in ran:
        workers[file].add(worker)
    assert {len(each) for each in workers.values()} == {1}
    assert "gw0" in workers["deploy/test_a.py"] | workers["deploy/test_b.py"]
    assert yaml.safe_load((tmp_path / "long.yaml").read_text()) == {}
