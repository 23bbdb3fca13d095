"""What the tutorials and the runnable guides say works, in a store that they share in this order."""

from __future__ import annotations

import re
import subprocess

import pytest

from proofs.tutorials.page import Written, steps
from proofs.tutorials.place import Place, place
from proofs.tutorials.running import run
from tools.copies import ROOT

pytestmark = pytest.mark.stack

# The first one starts the store; the last one replaces it by a backup.
PAGES = (
    "docs/getting-started.md",
    "docs/tutorials/sell-your-first-product.md",
    "docs/tutorials/checkout.md",
    "docs/tutorials/follow-an-order.md",
    "docs/tutorials/staff.md",
    "docs/tutorials/limits.md",
    "docs/tutorials/held-jobs.md",
    "docs/tutorials/back-up-and-restore.md",
)


@pytest.fixture(scope="module")
def here():
    with place() as made:
        yield made


@pytest.mark.parametrize("page", PAGES)
def test_a_reader_gets_what_the_page_says(here: Place, page: str):
    assert run(here, ROOT / page) == ""


def test_every_tutorial_is_run():
    found = {str(path.relative_to(ROOT)) for path in (ROOT / "docs/tutorials").glob("*.md")}
    assert found - {"docs/tutorials/README.md"} <= set(PAGES)


def test_the_list_of_tutorials_names_each():
    listed = re.findall(r"\]\(([\w./-]+)\)", (ROOT / "docs/tutorials/README.md").read_text(encoding="utf-8"))
    assert set(listed) >= {page.removeprefix("docs/tutorials/") for page in PAGES if "tutorials/" in page}


def test_the_change_in_the_guide_for_the_back_end_fits_the_code():
    patches = [step.text for step in steps(ROOT / "docs/guides/back-end.md") if isinstance(step, Written)]
    assert len(patches) == 2
    for patch in patches:
        command = ["git", "apply", "--check", "--unidiff-zero", "-"]
        done = subprocess.run(command, cwd=ROOT, input=patch, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
