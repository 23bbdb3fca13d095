"""Each recipe of the Makefile can be read by the shell."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tools import printed
from tools.gates.tree import ROOT

MAKEFILE = ROOT / "Makefile"
LOOP = "\t@for f in tools"


def unread(makefile: Path) -> str:
    """What the shell says of all recipes, of which none is run."""
    targets = sorted(printed.targets(makefile.read_text(encoding="utf-8")))
    listed = ["make", "--dry-run", "--always-make", f"--file={makefile}", *targets]
    recipes = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "uv pip compile" in recipes
    return subprocess.run(["sh", "-n"], input=recipes, capture_output=True, text=True, check=False).stderr


def test_every_recipe_can_be_read():
    assert unread(MAKEFILE) == ""


def test_half_a_loop_is_found(tmp_path: Path):
    text = MAKEFILE.read_text(encoding="utf-8")
    assert LOOP in text
    seeded = tmp_path / "Makefile"
    seeded.write_text(text.replace(LOOP, f"{LOOP}; do echo \\\n\n{LOOP}", 1), encoding="utf-8")
    assert "syntax error" in unread(seeded).lower()
