"""What ruff does not look at in tests is refused, and an acceptance without a reason."""

from __future__ import annotations

from pathlib import Path

from tools.gates import bandit
from tools.gates.tests.scanners import need
from tools.gates.tests.seeded import put

MARK = "nosec"
SEEDED = f"""
import pickle
import subprocess

import yaml

typed = "ls | wc"
pickle.loads(b"")
subprocess.run(typed, shell=True)
yaml.load("a: 1", Loader=yaml.Loader)
subprocess.run(typed, shell=True)  # {MARK} B602 -- a pipe is what is tested
pickle.loads(b"")  # {MARK}
assert yaml.safe_load("a: 1")
"""


def test_seeded_faults_are_refused(tmp_path: Path):
    need("bandit")
    put(
        tmp_path, {"tests/test_seeded.py": SEEDED, "tests/test_broken.py": "def f(:\n", "tests/test_fine.py": "x = 1\n"}
    )
    found = bandit.found(tmp_path, ["tests/test_broken.py", "tests/test_fine.py", "tests/test_seeded.py"])
    assert [each.partition(": ")[::2][0] + " " + each.split(": ")[1] for each in found if "test_seeded" in each] == [
        "tests/test_seeded.py:8 B301",
        "tests/test_seeded.py:9 B602",
        "tests/test_seeded.py:10 B506",
        "tests/test_seeded.py:12 write `nosec B000 -- why it is right here`",
    ]
    assert [each for each in found if each.startswith("tests/test_broken.py: not read")]
    assert not [each for each in found if "test_fine" in each]
