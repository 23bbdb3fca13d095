"""Whatever the documents and the messages tell people to type works as it stands there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import check, printed
from tools.gates import tree

ROOT = tree.ROOT
HERE = Path("x.md")


@pytest.fixture(scope="module")
def known() -> printed.Known:
    return printed.Known(printed.targets((ROOT / "Makefile").read_text()), printed.words())


def documents() -> list[Path]:
    return [ROOT / name for name in tree.files(ROOT, "*.md", "*.html")]


def test_the_documents_name_only_existing_commands(known):
    found = []
    for path in documents():
        pieces = printed.in_document(path.read_text(encoding="utf-8"))
        found += printed.wrong(path.relative_to(ROOT), pieces, known)
    assert not found, "\n".join(map(str, found))


def test_the_messages_name_only_existing_commands(known):
    found = []
    for path in check.python_files():
        relative = path.relative_to(ROOT)
        if "tests" not in relative.parts and relative != Path("tools/printed.py"):
            pieces = printed.in_python(path.read_text(encoding="utf-8"))
            found += printed.wrong(relative, pieces, known)
    assert not found, "\n".join(map(str, found))


def test_every_command_has_a_help_text():
    for word in printed.words():
        done = subprocess.run(
            [sys.executable, "-m", "mercat", *word.split(), "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, "Usage:" in done.stdout) == (0, True), word


WRONG = [
    "`mercat up`",
    "`make upp`",
    "`.venv/bin/mercat upp`",
    "`.venv/bin/mercat admin make`",
    "`.venv/bin/mercat doctor nobody`",
    "`python -m chassis.opps redrive`",
    "```sh\nmake up && make nothing\n```\n",
    "<code>mercat down</code>",
]
RIGHT = [
    "`make up`",
    "`.venv/bin/mercat admin create --email E`",
    "`.venv/bin/mercat doctor stripe`",
    "`.venv/bin/mercat pictures` and `.venv/bin/mercat pictures retry`",
    "`.venv/bin/python -m chassis.db.migrate catalog`",
    "```sh\n.venv/bin/mercat import x.csv\n```\n",
    "make upp, outside of code",
    "`the mercat command`",
]


@pytest.mark.parametrize("told", WRONG)
def test_an_unknown_command_is_reported(known, told):
    assert len(printed.wrong(HERE, printed.in_document(told), known)) == 1


@pytest.mark.parametrize("told", RIGHT)
def test_a_working_command_is_not_reported(known, told):
    assert printed.wrong(HERE, printed.in_document(told), known) == []


def test_messages_are_read_and_docstrings_are_not(known):
    source = 'def f():\n    """Like `mercat up`."""\n    raise Refusal(f"Try: mercat up --port-offset {n}")\n'
    (found,) = printed.wrong(Path("x.py"), printed.in_python(source), known)
    assert str(found) == "x.py:3: `mercat up`: it is not on the PATH: .venv/bin/mercat"
