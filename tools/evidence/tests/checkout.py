"""A small checkout of its own, whose pages, tests and workflow the tests of evidence are asked about."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tools.gates.tests import seeded

FILES = {
    "pyproject.toml": '[tool.pytest.ini_options]\ntestpaths = ["shop"]\n',
    "Makefile": "prove: ready ## all\n\t@.venv/bin/python -m proofs $(ARGS)\nattack walk: ready\n\t@echo\n",
    ".ci/run": "make check\n",
    ".github/workflows/nightly.yml": (
        'on:\n  schedule:\n    - cron: "1 2 * * *"\njobs:\n  a:\n    steps:\n      - run: make prove\n'
    ),
    "shop/conftest.py": "",
    "shop/tests/test_sale.py": (
        "import pytest\n\n\n@pytest.mark.parametrize('n', [1])\nasync def test_sold(n): ...\n\n\n"
        "class TestOften:\n    def test_twice(self): ...\n\n\n"
        "class Machine: ...\n\n\nTestStock = Machine.TestCase\n\n\n"
        "@pytest.mark.image\ndef test_in_an_image(): ...\n\n\ndef helper(): ...\n"
    ),
    "shop/images/tests/test_built.py": "import pytest\n\npytestmark = pytest.mark.image\n\n\ndef test_built(): ...\n",
    "elsewhere/tests/test_other.py": "def test_other(): ...\n",
    "shop/hub/tests/conftest.py": "def hub():\n    skip_without('GitHub', 'no token')\n",
    "shop/hub/tests/test_hub.py": "def test_hub(): ...\n",
    "tools/evidence/commands.yaml": "make prove: {where: nightly.yml, cadence: nightly, ran: 2026-11-29}\n",
}


def made(folder: Path, changed: Mapping[str, str] | None = None) -> Path:
    """The checkout in this folder, known to git; `changed`: files with other content."""
    seeded.put(folder, {**FILES, **(changed or {})})
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


def table(*cells: str, state: str = "met") -> str:
    """A page with a table of claims in this state, each with its evidence."""
    lines = [f"| V{number} | {state} | {cell} | |" for number, cell in enumerate(cells)]
    return "\n".join(["# Claims", "", "| id | state | evidence | lacks |", "| --- | --- | --- | --- |", *lines, ""])
