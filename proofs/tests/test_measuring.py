"""What the storefront may tell of its pages is what the catalog takes; steps are counted once for a purchase."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from catalog.domain.browsing import CheckoutStep, PageKind, ScriptError, Vital
from chassis.testing.skipping import skip_without
from pages.domain import addresses

SCRIPTS = Path(__file__).parents[2] / "web" / "storefront" / "js"


def text(name: str) -> str:
    return (SCRIPTS / name).read_text(encoding="utf-8")


def test_every_page_of_the_storefront_has_a_kind_and_no_other_is_known():
    pages = re.findall(r"^  \w+: \{ .*$", text("pages.js"), re.MULTILINE)
    kinds = [re.findall(r'\bkind: "(\w+)"', page) for page in pages]
    assert all(len(found) == 1 for found in kinds)
    # Several pages are measured as one.
    assert list(dict.fromkeys(kind for (kind,) in kinds)) == list(PageKind)


def test_the_pages_that_the_server_draws_are_those_that_scripts_know():
    drawn = {kind.page for kind in addresses.KINDS} | {"missing", "gone", "trouble"}
    assert set(re.findall(r"^  (\w+): \{ kind: ", text("pages.js"), re.MULTILINE)) == drawn


def test_the_steps_errors_and_figures_of_the_storefront_are_those_of_the_catalog():
    order = re.search(r"const ORDER = (\[.*?\]);", text("steps.js"))
    assert order is not None
    assert json.loads(order[1]) == list(CheckoutStep)
    reached = {
        step for page in (SCRIPTS / "views").glob("*.js") for step in re.findall(r"reach\((.*)\)", page.read_text())
    }
    assert set(re.findall(r'"(\w+)"', " ".join(reached))) == set(CheckoutStep)
    errors = text("measuring.js")
    mapped = re.search(r"const ERRORS = \{(.*?)\}", errors)
    assert mapped is not None
    told = {*re.findall(r': "(\w+)"', mapped[1]), "other", "dom", "resource", "policy"}
    assert told == set(ScriptError)
    assert all(f'"{kind}"' in errors for kind in told)
    assert " | ".join(f'"{vital}"' for vital in Vital) in text("vitals.js")


def taken(*steps: str | None) -> list[list[dict[str, Any]]]:
    """What going to these pages, one after the other in one tab, means."""
    if shutil.which("node") is None:
        skip_without("node", "it is not on the PATH")
    script = f"""
        import {{ arriveAt }} from {json.dumps((SCRIPTS / "steps.js").as_uri())};
        console.log(JSON.stringify({json.dumps(steps)}.map((step) => arriveAt(step))));
    """
    command = ["node", "--input-type=module", "--eval", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return found


def reached(step: str) -> dict[str, str]:
    return {"step": step, "way": "reached"}


def left(step: str) -> dict[str, str]:
    return {"step": step, "way": "left"}


WHOLE = ("cart", "checkout", "placed", "pay", "paid")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (WHOLE, [[reached(step)] for step in WHOLE]),
        # Another purchase in the same tab is counted anew; the page of a paid order that is loaded again is not.
        ((*WHOLE, "paid", "cart"), [*([reached(step)] for step in WHOLE), [], [reached("cart")]]),
        # More is put into the cart, again and again: it is reached once, and left once.
        (
            ("cart", None, "cart", None, "checkout"),
            [[reached("cart")], [left("cart")], [], [], [reached("checkout")]],
        ),
        # Back from the card form, and on again.
        (
            ("cart", "checkout", "placed", "pay", "placed", "pay", "paid"),
            [
                *([reached(step)] for step in ("cart", "checkout", "placed", "pay")),
                [left("pay")],
                [],
                [reached("paid")],
            ],
        ),
        # The page of an older order is no step.
        (("placed", "pay", None, "paid"), [[], [], [], []]),
    ],
)
def test_a_step_is_counted_once_for_a_purchase(steps: tuple[str | None, ...], expected: list[list[dict[str, str]]]):
    assert taken(*steps) == expected
