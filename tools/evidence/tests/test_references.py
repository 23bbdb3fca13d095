"""What a page names as evidence exists and runs; what does not is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.evidence import references
from tools.evidence.tests import checkout

PAGE = Path("docs/page.md")
SALE = "shop/tests/test_sale.py"

GOOD = [
    f"`{SALE}::test_sold`",
    f"`{SALE}::TestOften::test_twice` twice, too",
    f"`{SALE}::TestStock`",
    f"`{SALE}`",
    "`shop/tests`",
    f"`{SALE}::test_sold`<br>`make prove`",
    '`make prove ARGS="oversell"` by 500 buyers',
    "`.github/workflows/nightly.yml`",
    f"`{SALE}`<br>not yet: with 3 replicas",
]
BAD = {
    f"`{SALE}::test_lost`": "there is no such test",
    f"`{SALE}::test_sold[1]`": "without its brackets",
    f"`{SALE}::TestOften::test_thrice`": "there is no such test",
    f"`{SALE}::helper`": "there is no such test",
    f"`{SALE}::test_in_an_image`": "`make test` leaves tests with the mark `image` out",
    "`shop/images/tests/test_built.py`": "`make test` leaves tests with the mark `image` out",
    "`shop/tests/test_gone.py`": "git has no such file of tests",
    "`elsewhere/tests/test_other.py`": "`make test` does not look there",
    "`shop/hub/tests/test_hub.py`": "left out for want of GitHub",
    "`make proove`": "there is no such target",
    "`make attack`": "say in tools/evidence/commands.yaml where `make attack` runs",
    "`mercat backup`": "it is not on the PATH",
    "`.venv/bin/python -m proofs.nothing`": "there is no such module",
    "`shop/nowhere`": "git has no such file or folder",
    f"{SALE}::test_sold": "it is no reference",
    f"`{SALE}`, `shop`<br>and more": "it is no reference",
    "not yet:": "it is no reference",
    "": "it says `met` and names no evidence",
    "not yet: anything": "it says `met` and names no evidence",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    return checkout.made(tmp_path_factory.mktemp("checkout"))


def told(root: Path, text: str) -> list[str]:
    (root / PAGE).parent.mkdir(exist_ok=True)
    (root / PAGE).write_text(text, encoding="utf-8")
    return references.complaints(root, PAGE)


@pytest.mark.parametrize("cell", GOOD)
def test_evidence_that_exists_is_not_reported(root, cell):
    assert told(root, checkout.table(cell)) == []


@pytest.mark.parametrize("cell", BAD)
def test_evidence_that_shows_nothing_is_reported_with_its_line(root, cell):
    found = told(root, checkout.table(GOOD[0], cell))
    assert found, cell
    assert all(line.startswith(f"{PAGE}:6: ") for line in found)
    assert any(BAD[cell] in line for line in found), found


STATES = [
    ("not met", "not yet: nobody wrote it", "", ""),
    ("not met", f"`{SALE}`", "", "write `not yet: what is missing`"),
    ("not applicable", "", "no files are taken", ""),
    ("not applicable", "", "", "say why in the column `lacks`"),
    ("partly", "", "", "names no evidence"),
    ("done", f"`{SALE}`", "", "`done` is no state"),
]


@pytest.mark.parametrize(("state", "cell", "lacks", "words"), STATES)
def test_a_state_has_what_it_asks_for(root, state, cell, lacks, words):
    head = "| id | state | evidence | lacks |\n| --- | --- | --- | --- |\n"
    found = told(root, f"{head}| V1 | {state} | {cell} | {lacks} |\n")
    assert [words in line for line in found] == ([True] if words else [])


def test_a_claim_without_a_state_needs_evidence_or_what_is_missing(root):
    head = "| story | evidence |\n| --- | --- |\n"
    assert told(root, f"{head}| A1 | `{SALE}` |\n| A2 | not yet: nobody wrote it |\n") == []
    assert "no evidence" in told(root, f"{head}| A1 | |\n")[0]


def test_a_page_without_evidence_is_reported(root):
    assert "no table has rows with a column `evidence`" in told(root, "# Nothing\n")[0]


def test_tables_in_code_are_no_claims(root):
    fenced = "```text\n| id | evidence |\n| --- | --- |\n| V1 | nothing |\n```\n"
    assert told(root, checkout.table(GOOD[0]) + fenced) == []
