"""The threat model is whole; each kind of gap is found when it is put into a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools import threats
from tools.gates.tree import ROOT

EDGE = "docs/compliance/threats/edge.md"
VALKEY = "docs/compliance/threats/valkey.md"
ORDERS = "services/orders/service.yaml"
# File, what stands there, what is written instead, and a part of what must be said.
GAPS = {
    "a route of no boundary": (ORDERS, "/api/v1/checkout,", "/api/v1/checkout, /api/v1/gifts,", "orders /api/v1/gifts"),
    "a call of no boundary": (ORDERS, "calls: [catalog,", "calls: [catalog, gifts,", "orders calls gifts"),
    "a feed of no boundary": (ORDERS, "follows: [payments,", "follows: [payments, gifts,", "orders follows gifts"),
    "a reach of no boundary": (ORDERS, "reaches: [smtp]", "reaches: [smtp, internet]", "orders reaches internet"),
    "a route that is gone": (ORDERS, "/api/v1/checkout,", "", "`orders /api/v1/checkout` is in no service.yaml"),
    "a route in two rows": (
        threats.PAGE,
        "`payments /webhooks/stripe`",
        "`payments /webhooks/stripe`, `shop /api/v1/shop`",
        "`shop /api/v1/shop` stands in 2 rows",
    ),
    "a boundary that is none": (
        threats.PAGE,
        "| `PAY` |\n| `orders calls",
        "| `PAYS` |\n| `orders calls",
        "`PAYS` is no",
    ),
    "a page that is gone": (threats.PAGE, "threats/smtp.md)", "threats/post.md)", "post.md: there is no such page"),
    "a page that nobody links": (threats.PAGE, "threats/smtp.md)", "threats/stripe.md)", "smtp.md: no row"),
    "a letter without a threat": (VALKEY, "| T-VK-D1 |", "| T-VK-I3 |", "no threat of D"),
    "a letter that is left out and is not": (VALKEY, "| T-VK-D1 |", "| T-VK-R1 |", "R has threats, and a line"),
    "an id of another boundary": (EDGE, "| T-EDGE-S1 |", "| T-SVC-S1 |", "T-SVC-S1: an id is T-EDGE-"),
    "an id twice": (EDGE, "| T-EDGE-S2 |", "| T-EDGE-S1 |", "T-EDGE-S1: stands twice"),
    "no evidence": (EDGE, "| `make attack` (`floods`)<br>", "| | `make attack` (`floods`)<br>", "`evidence` is empty"),
    "evidence that is none": (EDGE, "`make attack` (`floods`)", "seen by eye", "`seen by eye` is no evidence"),
    "nothing that stops it": (EDGE, "`mercat/edge/traefik.py`", "`mercat/edge/gone.py`", "names no file or folder"),
    "what is not ours": (EDGE, "`mercat/edge/traefik.py`", "`/etc`", "names no file or folder"),
    "nothing said of what remains": (EDGE, "| none known |", "| |", "`what remains` is empty"),
}


def test_the_model_of_this_repository_is_whole():
    assert threats.complaints(ROOT) == []


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """What the model is made of, without git; folders that rows name are there, and empty."""
    for name in [
        threats.PAGE,
        *(f"services/{path.parent.name}/service.yaml" for path in ROOT.glob("services/*/service.yaml")),
    ]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "docs/compliance/threats", tmp_path / "docs/compliance/threats")
    for page in (tmp_path / "docs/compliance/threats").glob("*.md"):
        for row in threats.threats(page.read_text(encoding="utf-8")):
            for name in threats.paths(ROOT, row.cells["what stops it"]):
                (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / name).touch() if (ROOT / name).is_file() else (tmp_path / name).mkdir(exist_ok=True)
    return tmp_path


def test_the_copy_has_no_gap(copied: Path):
    assert threats.complaints(copied) == []


@pytest.mark.parametrize("gap", GAPS)
def test_a_gap_is_found(copied: Path, gap: str):
    name, old, new, told = GAPS[gap]
    text = (copied / name).read_text(encoding="utf-8")
    assert old in text
    (copied / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = threats.complaints(copied)
    assert any(told in complaint for complaint in found), found
