"""The story map is whole and says where its proofs run; each way in which it may be wrong is seeded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.evidence import references
from tools.gates import links
from tools.gates.tests.seeded import checkout
from tools.gates.tree import ROOT
from tools.stories import page

COMMANDS = """
make test: {where: .ci/run, cadence: each landing, ran: 2026-11-29}
make prove: {where: nightly.yml, cadence: nightly, ran: 2026-11-29}
make drill: {where: by hand, cadence: by hand, ran: 2026-11-28}
make deploy: {where: by hand, cadence: by hand, needs: cluster, renders_only: "no cluster"}
"""
HEAD = "# Stories\n\n| id | story | where | evidence | ran |\n| --- | --- | --- | --- | --- |\n"
PROOF = "`tests/test_shop.py::test_it`<br>`make prove`"
A1 = f"| A1 | shopper: it stays up | [shop](../shop.py) | {PROOF} | each landing<br>nightly |\n"
REST = "".join(
    f"| {each} | somebody | [shop](../shop.py) | `tests/test_shop.py::test_it` | each landing |\n"
    for each in page.IDS[1:]
)
FILES = {
    "shop.py": "x = 1\n",
    "tests/test_shop.py": "def test_it():\n    pass\n",
    "tools/evidence/commands.yaml": COMMANDS,
    ".ci/run": "make check\nmake test\n",
    "pyproject.toml": '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
}


def told(folder: Path, row: str) -> list[str]:
    root = checkout(folder, {**FILES, "docs/stories.md": HEAD + row + REST})
    return page.complaints(root)


def test_our_map_is_whole():
    assert page.complaints() == []
    assert references.complaints(ROOT, page.PAGE) == []


def test_a_map_that_fits_is_green(tmp_path):
    assert told(tmp_path, A1) == []


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("", "docs/stories.md: A1 has no row"),
        (A1 + A1, "docs/stories.md: A1 has more than one row"),
        (A1 + A1.replace("A1", "C1"), "docs/stories.md: C1 is no story"),
        (A1.replace("[shop](../shop.py)", "shop.py"), "A1: `where` has no link"),
        (A1.replace("[shop](../shop.py)", ""), "A1: nothing stands under where"),
        (A1.replace("<br>nightly |", " |"), "A1: its evidence runs nightly, and `ran` does not say so"),
        (A1.replace("nightly |", "weekly |"), "A1: `ran` says weekly, and no evidence does"),
        (A1.replace("`make prove`", "`make drill`"), "A1: its evidence runs by hand, 2026-11-28"),
        (
            "| A1 | x | [shop](../shop.py) | `make drill` | by hand, 2026-11-29 |\n",
            "A1: `ran` says by hand, 2026-11-29, and no evidence does",
        ),
        (A1.replace("`make prove`", "`make deploy`").replace("<br>nightly", ""), "A1: a proof that has not run"),
        ("| A1 | x | [shop](../shop.py) | `shop.py` | renders only: all |\n", "A1: nothing runs that proves it"),
        ("| A1 | x | [shop](../shop.py) | not yet: a test | |\n", "A1: nothing stands under ran"),
        ("| A1 | x | [shop](../shop.py) | not yet: a test | not yet: |\n", "A1: `ran` says not yet:, and no evidence"),
    ],
)
def test_what_is_not_so_is_told(tmp_path, row, complaint):
    assert any(complaint in each for each in told(tmp_path, row)), told(tmp_path, row)


@pytest.mark.parametrize(
    "row",
    [
        A1.replace("`make prove`", "`make deploy`").replace("nightly", "renders only: no cluster has it"),
        "| A1 | x | [shop](../shop.py) | `make drill` | by hand, 2026-11-28 |\n",
        "| A1 | x | [shop](../shop.py) | `make test` | each landing |\n",
        "| A1 | x | [shop](../shop.py) | not yet: a test | not yet: nobody has written it |\n",
    ],
)
def test_what_is_so_is_green(tmp_path, row):
    assert told(tmp_path, row) == []


def test_a_dead_link_and_a_dead_reference_are_told(tmp_path):
    row = A1.replace("../shop.py", "../gone.py").replace("::test_it", "::test_gone")
    root = checkout(tmp_path, {**FILES, "docs/stories.md": HEAD + row + REST, "Makefile": "prove:\n\tx\n"})
    assert links.dead(root) == ["docs/stories.md:5: ../gone.py leads nowhere"]
    assert any("test_gone`: there is no such test" in each for each in references.complaints(root, page.PAGE))
